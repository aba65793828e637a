using UsageCapture.Delivery;
using UsageCapture.Exchanges;

namespace UsageCapture;

/// <summary>Tags the language-model calls that are made inside it, and adds up the tokens that they used.</summary>
/// <remarks>
/// <para>
/// <c>using var scope = UsageScope.Begin(("tenant", "acme"));</c> The scope is ambient, like <see cref="AsyncLocal{T}"/>: it applies to
/// everything that is called or awaited until it is disposed, including parallel calls. When an async method begins it, it does not apply
/// to the caller of that method.
/// </para>
/// <para>
/// Scopes nest. An inner scope also has the tags of the outer ones; where names are equal, the inner value counts. Usage inside an inner
/// scope is part of the totals of both.
/// </para>
/// <para>
/// An exchange is one request and its response. All exchanges in a scope count as one call: their <see cref="UsageRecord.CallId"/> is the
/// <see cref="CallId"/> of the innermost scope in which the request is sent. The usage is added even when the scope ends before the stream
/// does. Thread-safe.
/// </para>
/// </remarks>
public sealed class UsageScope : IDisposable
{
    private static readonly AsyncLocal<UsageScope?> InnermostScope = new();

    private readonly Lock _lock = new();
    private readonly UsageScope? _outer;
    private readonly TagSet _tags;
    private TokenUsage _total;
    private int _exchangeCount;
    private bool _needsReview;

    private UsageScope(UsageScope? outer, ReadOnlySpan<(string Name, string Value)> tags)
    {
        _outer = outer;
        _tags = (outer?._tags ?? TagSet.Empty).With(tags);
        CallId = ExchangeStart.NewId(TimeProvider.System.GetUtcNow());
    }

    /// <summary>Gets the innermost scope that is open in the current flow of execution; null when there is none.</summary>
    public static UsageScope? Current => InnermostScope.Value;

    /// <summary>Gets the tags of every record inside, including the tags of the outer scopes; empty when there are none.</summary>
    public IReadOnlyDictionary<string, string> Tags => _tags;

    /// <summary>Gets the <see cref="UsageRecord.CallId"/> of the records inside, except those in an inner scope, which has its own.</summary>
    public Guid CallId { get; }

    /// <summary>Gets the tokens used by the exchanges inside that have ended so far, including retries and abandoned responses.</summary>
    /// <value>Each count is the sum over the records that report it, and null when no record does. Read <see cref="NeedsReview"/> too.</value>
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

    /// <summary>Gets the number of exchanges inside that have ended so far.</summary>
    public int ExchangeCount
    {
        get
        {
            lock (_lock)
            {
                return _exchangeCount;
            }
        }
    }

    /// <summary>Gets whether a record inside needs review, so that more tokens may have been used than <see cref="Total"/> shows.</summary>
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

    /// <summary>Begins a scope. It is inside the current scope when there is one.</summary>
    /// <param name="tags">
    /// Names and values for the <see cref="UsageRecord.Tags"/> of every record inside. They are copied. Do not use secrets, because tags
    /// are stored and logged with the records.
    /// </param>
    /// <returns>The scope. Dispose it in the method that began it.</returns>
    /// <exception cref="ArgumentException">The name or the value of a tag is null.</exception>
    public static UsageScope Begin(params ReadOnlySpan<(string Name, string Value)> tags)
    {
        var scope = new UsageScope(InnermostScope.Value, tags);
        InnermostScope.Value = scope;
        return scope;
    }

    /// <summary>Ends the scope. Requests that this flow of execution sends later are not inside.</summary>
    /// <remarks>
    /// <see cref="Total"/> still grows until all exchanges inside have ended. Disposing twice does nothing. Inner scopes that are still
    /// open end too. A parallel flow that began inside the scope stays in it.
    /// </remarks>
    public void Dispose()
    {
        // A flow may dispose a scope that it is not in. Then its own current scope stays.
        for (UsageScope? scope = InnermostScope.Value; scope is not null; scope = scope._outer)
        {
            if (scope == this)
            {
                InnermostScope.Value = _outer;
                return;
            }
        }
    }

    /// <summary>Adds the record of an exchange that has ended to this scope and its outer scopes.</summary>
    internal void Add(UsageRecord record)
    {
        for (UsageScope? scope = this; scope is not null; scope = scope._outer)
        {
            lock (scope._lock)
            {
                scope._total = record.Usage is { } usage ? scope._total.Plus(usage) : scope._total;
                scope._exchangeCount++;
                scope._needsReview |= record.NeedsReview;
            }
        }
    }
}
