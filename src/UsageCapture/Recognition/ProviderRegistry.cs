using System.Collections.Concurrent;

using UsageCapture.Providers;

namespace UsageCapture.Recognition;

/// <summary>All APIs that a handler recognises. It asks mapped paths first, then the user's providers, then the built-in ones.</summary>
internal sealed class ProviderRegistry
{
    // An application calls a few addresses again and again. Addresses that contain ids must not fill the memory.
    private const int MaxAddresses = 256;

    private static readonly ResponseShapes BuiltInShapes = new(BuiltInProviders.All);

    private readonly (string Path, UsageProvider Provider)[] _paths;
    private readonly UsageProvider[] _providers;
    private readonly ConcurrentDictionary<string, RecognizedApi?> _addresses = new(StringComparer.Ordinal);
    private int _addressCount;

    /// <summary>Reads the options. They have been validated before.</summary>
    public ProviderRegistry(UsageCaptureOptions options)
    {
        _providers = [.. options.Providers, .. BuiltInProviders.All];
        _paths = [.. options.Paths.Select(mapped => (mapped.Key.TrimEnd('/'), Find(mapped.Value)!))];

        // The fields of a user's provider may not fit into one scan with those of others.
        Shapes = [.. options.Providers.Where(provider => provider.ResponseFields is not null).Select(provider => new ResponseShapes([provider])), BuiltInShapes];
    }

    /// <summary>Gets the shapes by which a response is recognised, in the order in which they are asked.</summary>
    public IReadOnlyList<ResponseShapes> Shapes { get; }

    /// <summary>Says in a sentence what is wrong with a mapped path; null when nothing is.</summary>
    public static string? FindMistake(string path, string protocol, IEnumerable<UsageProvider> providers)
    {
        if (path is not ['/' or ':', ..])
        {
            return $"The path '{path}' is mapped, but does not begin with a slash. Write the end of the request's path, without its host, such as '/llm/complete'.";
        }

        UsageProvider[] known = [.. providers, .. BuiltInProviders.All];
        return Array.Exists(known, provider => HasProtocol(provider, protocol)) ? null
            : $"The path '{path}' is mapped to '{protocol}', which is no protocol that is known here. Choose one of "
                + $"{string.Join(", ", known.Select(provider => provider.Protocol).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))}, or add a UsageProvider for it to Providers.";
    }

    /// <summary>Finds the API that a POST to an address calls, and remembers it; null when no provider knows the address.</summary>
    public RecognizedApi? Recognize(Uri address)
    {
        if (_addresses.TryGetValue(address.OriginalString, out RecognizedApi? known))
        {
            return known;
        }

        known = Find(address) is { } provider ? RecognizedApi.Describe(provider, address) : null;
        if (Volatile.Read(ref _addressCount) < MaxAddresses && _addresses.TryAdd(address.OriginalString, known))
        {
            Interlocked.Increment(ref _addressCount);
        }

        return known;
    }

    /// <summary>Finds the provider for a POST to an address; null when none knows the address.</summary>
    public UsageProvider? Find(Uri address)
    {
        foreach ((string path, UsageProvider provider) in _paths)
        {
            if (AddressParts.EndsWith(address, path))
            {
                return provider;
            }
        }

        return Array.Find(_providers, provider => provider.Matches(address));
    }

    private UsageProvider? Find(string protocol) => Array.Find(_providers, provider => HasProtocol(provider, protocol));

    private static bool HasProtocol(UsageProvider provider, string protocol) => provider.Protocol.Equals(protocol, StringComparison.OrdinalIgnoreCase);
}
