using System.Collections.Concurrent;

using UsageCapture.Providers;

namespace UsageCapture.Recognition;

/// <summary>Finds the provider for the address of a request, among all providers of a handler.</summary>
/// <remarks>
/// The order is: the paths that the options map to a protocol, the user's own providers, the built-in providers. Thread-safe.
/// </remarks>
internal sealed class ProviderRegistry
{
    // Applications call a few addresses many times. The limit keeps addresses that contain ids from filling the memory.
    private const int MaxCachedAddresses = 256;

    private static readonly ResponseShapes BuiltInShapes = new(BuiltInProviders.All);

    private readonly (string Path, UsageProvider Provider)[] _mappedPaths;
    private readonly UsageProvider[] _providers;

    // Results by address, also for unknown addresses. ConcurrentDictionary.Count takes all locks, so the count is kept here.
    private readonly ConcurrentDictionary<string, RecognizedApi?> _cachedApis = new(StringComparer.Ordinal);
    private int _cachedCount;

    /// <summary>Creates the registry of a handler.</summary>
    /// <param name="options">Valid options: <see cref="FindMistake"/> has found a provider for each mapped path.</param>
    public ProviderRegistry(UsageCaptureOptions options)
    {
        _providers = [.. options.Providers, .. BuiltInProviders.All];
        _mappedPaths = [.. options.Paths.Select(mapped => (mapped.Key.TrimEnd('/'), FindByProtocol(mapped.Value)!))];

        // The built-in providers share one scan of a document. Each own provider gets a scan of its own, because a scan has at most 64
        // values and its paths must not overlap.
        IEnumerable<UsageProvider> detectableProviders = options.Providers.Where(provider => provider.ResponseFields is not null);
        Shapes = [.. detectableProviders.Select(provider => new ResponseShapes([provider])), BuiltInShapes];
    }

    /// <summary>Gets the response shapes of all providers. For a document that several of them match, the first one counts.</summary>
    public IReadOnlyList<ResponseShapes> Shapes { get; }

    /// <summary>Describes the mistake in a mapped path in one sentence; null when there is none.</summary>
    /// <param name="path">The end of a path: segments, or a method of Google's APIs, such as <c>:generateContent</c>.</param>
    /// <param name="protocol">The <see cref="UsageProvider.Protocol"/> that the path is mapped to.</param>
    /// <param name="providers">The user's own providers.</param>
    public static string? FindMistake(string path, string protocol, IEnumerable<UsageProvider> providers)
    {
        if (path is not ['/' or ':', ..])
        {
            return $"The path '{path}' is mapped, but does not begin with a slash. Write the end of the request's path, without its host, such as '/llm/complete'.";
        }

        UsageProvider[] all = [.. providers, .. BuiltInProviders.All];
        if (Array.Exists(all, provider => HasProtocol(provider, protocol)))
        {
            return null;
        }

        IEnumerable<string> protocols = all.Select(provider => provider.Protocol).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);
        return $"The path '{path}' is mapped to '{protocol}', which is not the protocol of a known provider. Choose one of "
            + $"{string.Join(", ", protocols)}, or add a UsageProvider for it to Providers.";
    }

    /// <summary>Recognizes the API that a POST request to an address calls; null when no provider matches. The result is cached.</summary>
    public RecognizedApi? Recognize(Uri address)
    {
        string key = address.OriginalString;
        if (_cachedApis.TryGetValue(key, out RecognizedApi? cached))
        {
            return cached;
        }

        RecognizedApi? api = FindByAddress(address) is { } provider ? RecognizedApi.Describe(provider, address) : null;
        if (Volatile.Read(ref _cachedCount) < MaxCachedAddresses && _cachedApis.TryAdd(key, api))
        {
            Interlocked.Increment(ref _cachedCount);
        }

        return api;
    }

    /// <summary>Finds the first provider that matches an address, without the cache; null when none matches.</summary>
    public UsageProvider? FindByAddress(Uri address)
    {
        foreach ((string path, UsageProvider provider) in _mappedPaths)
        {
            if (AddressParts.EndsWith(address, path))
            {
                return provider;
            }
        }

        return Array.Find(_providers, provider => provider.Matches(address));
    }

    private UsageProvider? FindByProtocol(string protocol) => Array.Find(_providers, provider => HasProtocol(provider, protocol));

    private static bool HasProtocol(UsageProvider provider, string protocol) => provider.Protocol.Equals(protocol, StringComparison.OrdinalIgnoreCase);
}
