using System.Collections.Concurrent;

using Microsoft.Extensions.Logging;

using UsageCapture.Providers;
using UsageCapture.Telemetry;

namespace UsageCapture.Recognition;

/// <summary>Finds the provider, the description of one language-model API, for the address of a request.</summary>
/// <remarks>
/// The order is: the paths that the options map to a protocol, the user's own providers, the built-in providers. The handler calls
/// <see cref="Recognize"/> for each POST request. When no provider matches, the response is compared with <see cref="Shapes"/>. Thread-safe.
/// </remarks>
internal sealed class ProviderRegistry
{
    // Applications call a few addresses many times. The limit keeps addresses that contain ids from filling the memory. Beyond it, new
    // addresses are recognized again for each request.
    private const int MaxCachedAddresses = 256;

    private static readonly ResponseShapes BuiltInShapes = new(BuiltInProviders.All);

    private readonly (string Path, UsageProvider Provider)[] _mappedPaths;
    private readonly string[] _excludedPaths;
    private readonly UsageProvider[] _providers;

    private readonly bool _hasOwnProviders;

    // Results by address without its query, also for unknown addresses. ConcurrentDictionary.Count takes all locks, so the count is kept here.
    private readonly ConcurrentDictionary<string, CachedApi>.AlternateLookup<ReadOnlySpan<char>> _cachedApisByAddress =
        new ConcurrentDictionary<string, CachedApi>(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();

    private int _cachedCount;

    /// <summary>Creates the registry of a handler.</summary>
    /// <param name="options">The options, which must be valid. Then each mapped path has a provider.</param>
    /// <param name="logger">Receives the failures of the user's own providers.</param>
    public ProviderRegistry(UsageCaptureOptions options, ILogger logger)
    {
        _providers = [.. options.Providers, .. BuiltInProviders.All];
        _excludedPaths = [.. options.ExcludedPaths.Select(path => path.TrimEnd('/'))];
        _hasOwnProviders = options.Providers.Count > 0;
        _mappedPaths = [.. options.Paths.Select(mapped => (mapped.Key.TrimEnd('/'), FindByProtocol(_providers, mapped.Value)!))];

        // A scan reads the JSON document of a response once and collects the values at given paths. All built-in providers share one
        // scan. Each of the user's providers has a separate scan, because a scan collects at most 64 values and its paths must not overlap.
        Shapes = [.. options.Providers.Select(provider => TryGetShapes(provider, logger)).OfType<ResponseShapes>(), BuiltInShapes];
    }

    /// <summary>Gets the shapes of responses by which an API is recognized when no provider matches the address.</summary>
    /// <value>Those of the user's own providers first. The first one that matches a response counts.</value>
    public IReadOnlyList<ResponseShapes> Shapes { get; }

    /// <summary>Recognizes the API that a POST request to an address calls. The result is cached.</summary>
    /// <exception cref="Exception">A provider of the user has thrown it.</exception>
    public RecognizedAddress Recognize(Uri address)
    {
        var key = CacheKey.Create(address);
        bool isCacheable = !key.HasUserInfo && !(_hasOwnProviders && key.HasQuery); // The user's own providers may read the whole query.
        if (isCacheable && _cachedApisByAddress.TryGetValue(key.Address, out CachedApi? cached) && cached.HasVersionOf(key))
        {
            return cached.Recognized;
        }

        RecognizedAddress recognized = RecognizeUncached(address);
        if (isCacheable && Volatile.Read(ref _cachedCount) < MaxCachedAddresses && _cachedApisByAddress.TryAdd(key.Address, new CachedApi(recognized, key)))
        {
            Interlocked.Increment(ref _cachedCount);
        }

        return recognized;
    }

    /// <summary>Finds the first provider that matches an address, without the cache; null when none matches.</summary>
    public UsageProvider? FindByAddress(Uri address) =>
        FindMapped(address) ?? Array.Find(_providers, provider => provider.Matches(address));

    private RecognizedAddress RecognizeUncached(Uri address)
    {
        if (Array.Exists(_excludedPaths, path => AddressParts.EndsWith(address, path)))
        {
            return new RecognizedAddress(Api: null, IsIgnored: true);
        }

        if (FindMapped(address) is { } mapped)
        {
            return new RecognizedAddress(RecognizedApi.Describe(mapped, address));
        }

        return Array.Find(_providers, provider => provider.Matches(address)) is { } found
            ? new RecognizedAddress(RecognizedApi.Describe(found, address, trustsAddress: ProviderNames.IsKnownHost(address)))
            : new RecognizedAddress(Api: null, IsIgnored: CallsWithoutGeneration.Includes(address));
    }

    private UsageProvider? FindMapped(Uri address) => Array.Find(_mappedPaths, mapped => AddressParts.EndsWith(address, mapped.Path)).Provider;

    private static UsageProvider? FindByProtocol(UsageProvider[] providers, string protocol) =>
        Array.Find(providers, provider => MappedPathCheck.HasProtocol(provider, protocol));

    private static ResponseShapes? TryGetShapes(UsageProvider provider, ILogger logger)
    {
        try
        {
            return provider.ResponseFields is null ? null : new ResponseShapes([provider]);
        }
#pragma warning disable CA1031 // The provider is the user's own code. When it fails, its responses are recognized by the address only.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Log.ResponseFieldsFailed(logger, exception, provider.GetType().Name);
            return null;
        }
    }
}
