using System.Collections.Concurrent;

using Microsoft.Extensions.Logging;

using UsageCapture.Providers;
using UsageCapture.Telemetry;

namespace UsageCapture.Recognition;

/// <summary>Knows all providers of a handler, and finds the one for the address of a request. A provider describes one language-model API.</summary>
/// <remarks>
/// The order is: the paths that the options map to a protocol, the user's own providers, the built-in providers. The handler calls
/// <see cref="Recognize"/> for each POST request. When no provider matches the address, a <see cref="ProviderDetector"/> compares the response
/// with <see cref="ResponseMatchers"/>. Thread-safe.
/// </remarks>
internal sealed class ProviderRegistry
{
    // Applications call a few addresses many times. The limit keeps addresses that contain ids from filling the memory. Beyond it, new
    // addresses are recognized again for each request.
    private const int MaxCachedAddresses = 256;

    private static readonly ResponseMatcher BuiltInMatcher = new(BuiltInProviders.All);

    private readonly (string Path, UsageProvider Provider)[] _mappedPaths; // The first path that matches an address decides.
    private readonly string[] _excludedPaths; // The ends of paths whose calls leave no record.
    private readonly UsageProvider[] _providers; // The user's own ones, then the built-in ones.
    private readonly bool _hasOwnProviders;

    // Results by address without its query, also for unknown addresses. ConcurrentDictionary.Count takes all locks, so the count is kept here.
    private readonly ConcurrentDictionary<string, CachedApi>.AlternateLookup<ReadOnlySpan<char>> _cachedApisByAddress =
        new ConcurrentDictionary<string, CachedApi>(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();

    private int _cachedCount;

    /// <summary>Creates the registry of a handler.</summary>
    /// <param name="options">The options, which must be valid: <see cref="MappedPathCheck"/> finds no mistake, so each mapped path has a provider.</param>
    /// <param name="logger">Receives the failures of the user's own providers.</param>
    public ProviderRegistry(UsageCaptureOptions options, ILogger logger)
    {
        _providers = [.. options.Providers, .. BuiltInProviders.All];
        _excludedPaths = [.. options.ExcludedPaths.Select(path => path.TrimEnd('/'))];
        _hasOwnProviders = options.Providers.Count > 0;
        _mappedPaths = [.. options.Paths.Select(mapped => (mapped.Key.TrimEnd('/'), FindByProtocol(_providers, mapped.Value)!))];

        // A scan reads the JSON document of a response once and collects the values at given paths. All built-in providers share one
        // scan. Each of the user's providers has a separate scan, because a scan collects at most 64 values and its paths must not overlap.
        ResponseMatchers = [.. options.Providers.Select(provider => TryCreateMatcher(provider, logger)).OfType<ResponseMatcher>(), BuiltInMatcher];
    }

    /// <summary>Gets the matchers that recognize an API by its response, when no provider matches the address.</summary>
    /// <value>The matchers of the user's own providers come first. The first matcher that finds a provider decides.</value>
    public IReadOnlyList<ResponseMatcher> ResponseMatchers { get; }

    /// <summary>Recognizes the API that a POST request to an address calls. The result is cached.</summary>
    /// <exception cref="Exception">One of the user's own providers has thrown it. The handler catches and logs it.</exception>
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

    private static ResponseMatcher? TryCreateMatcher(UsageProvider provider, ILogger logger)
    {
        try
        {
            return provider.ResponseFields is null ? null : new ResponseMatcher([provider]);
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
