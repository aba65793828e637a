using System.Collections.ObjectModel;

using UsageCapture.Exchanges;

namespace UsageCapture;

/// <summary>Tags the language-model calls that are made inside it, and totals what they used.</summary>
/// <remarks>
/// <para>
/// <c>using var scope = UsageScope.Begin(("tenant", "acme"));</c> It is ambient, as <see cref="AsyncLocal{T}"/> is: it holds for everything that is called or awaited from
/// there until it is disposed of, parallel calls included, and not for the caller of the method that began it. Scopes nest: an
/// inner one has the outer one's tags as well, its own going before them, and what is used inside it is in both totals.
/// </para>
/// <para>
/// The exchanges inside a scope have one <see cref="UsageRecord.CallId"/>, that of the innermost scope. Which scope an exchange
/// belongs to is settled when its request is sent: its usage is in the total also when the scope ends before the stream does.
/// Thread-safe.
/// </para>
/// </remarks>
public sealed class UsageScope : IDisposable
{
    private static readonly AsyncLocal<UsageScope?> Ambient = new();
    private static readonly HttpRequestOptionsKey<IReadOnlyDictionary<string, string>> TagsKey = new("UsageCapture.Tags");

    private readonly Lock _lock = new();
    private readonly UsageScope? _outer;
    private TokenUsage _total;
    private int _exchanges;
    private bool _needsReview;

    private UsageScope(UsageScope? outer, ReadOnlySpan<(string Name, string Value)> tags)
    {
        _outer = outer;
        IReadOnlyDictionary<string, string> inherited = outer?.Tags ?? ReadOnlyDictionary<string, string>.Empty;
        Tags = tags.IsEmpty ? inherited : Attribution.Merge(inherited, tags.ToArray().Select(tag => KeyValuePair.Create(tag.Name, tag.Value)));
        CallId = ExchangeStart.NewId(TimeProvider.System.GetUtcNow());
    }

    /// <summary>Gets the key of tags for one request: <c>request.Options.Set(UsageScope.RequestTags, tags)</c>.</summary>
    /// <remarks>They go before those of a scope, and are read when the request is sent.</remarks>
    public static HttpRequestOptionsKey<IReadOnlyDictionary<string, string>> RequestTags
    {
        get
        {
            RequestOptions.AreUsed = true;
            return TagsKey;
        }
    }

    /// <summary>Gets the innermost scope that is open here; null when there is none.</summary>
    public static UsageScope? Current => Ambient.Value;

    /// <summary>Gets the tags of every record of an exchange inside, the outer scopes' included.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; }

    /// <summary>Gets the <see cref="UsageRecord.CallId"/> of the exchanges inside.</summary>
    public Guid CallId { get; }

    /// <summary>Gets what the exchanges inside have used that have ended so far, retries and abandoned ones included.</summary>
    /// <value>A count is the sum over the records that report it, and null when none does: see <see cref="NeedsReview"/> for what may be missing.</value>
    public TokenUsage Total
    {
        get
        {
            lock (_lock)
            {
                return _total;
            }
        }
    }

    /// <summary>Gets how many exchanges inside have ended so far.</summary>
    public int Exchanges
    {
        get
        {
            lock (_lock)
            {
                return _exchanges;
            }
        }
    }

    /// <summary>Gets whether a record inside needs review, so that more may have been used than <see cref="Total"/> shows.</summary>
    public bool NeedsReview
    {
        get
        {
            lock (_lock)
            {
                return _needsReview;
            }
        }
    }

    /// <summary>Begins a scope inside the current one, if there is one.</summary>
    /// <param name="tags">Names and values that every record inside is to have; they go wherever records go, so no secrets.</param>
    /// <returns>The scope; dispose of it in the method that began it.</returns>
    public static UsageScope Begin(params ReadOnlySpan<(string Name, string Value)> tags)
    {
        var scope = new UsageScope(Ambient.Value, tags);
        Ambient.Value = scope;
        return scope;
    }

    /// <summary>Ends the scope: what begins from now on is not inside. Its total goes on until the exchanges inside have ended.</summary>
    public void Dispose()
    {
        // An inner scope that was not disposed of ends with it. Where another flow has gone on to other scopes, those are its own.
        for (UsageScope? scope = Ambient.Value; scope is not null; scope = scope._outer)
        {
            if (scope == this)
            {
                Ambient.Value = _outer;
                return;
            }
        }
    }

    /// <summary>Gets the tags among a request's options; null when there are none.</summary>
    internal static IReadOnlyDictionary<string, string>? TagsOf(HttpRequestMessage request) =>
        RequestOptions.AreUsed && request.Options.TryGetValue(TagsKey, out IReadOnlyDictionary<string, string>? tags) ? tags : null;

    /// <summary>Counts an exchange inside that has ended.</summary>
    internal void Add(UsageRecord record)
    {
        for (UsageScope? scope = this; scope is not null; scope = scope._outer)
        {
            lock (scope._lock)
            {
                scope._total = record.Usage is { } usage ? scope._total.Plus(usage) : scope._total;
                scope._exchanges++;
                scope._needsReview |= record.NeedsReview;
            }
        }
    }
}
