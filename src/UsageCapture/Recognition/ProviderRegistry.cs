using System.Collections.Concurrent;

using UsageCapture.Providers;

namespace UsageCapture.Recognition;

/// <summary>Every API that a handler recognises: mapped paths first, then the user's own, then those that are built in.</summary>
internal sealed class ProviderRegistry
{
    // An application calls a handful of addresses again and again. One that puts ids into them does not fill the memory.
    private const int MaxAddresses = 256;

    private readonly (string Path, UsageProvider Provider)[] _paths;
    private readonly UsageProvider[] _providers;
    private readonly ConcurrentDictionary<string, KnownAddress?> _addresses = new(StringComparer.Ordinal);
    private int _remembered;

    /// <summary>Takes the options as they are now, after they were validated.</summary>
    public ProviderRegistry(UsageCaptureOptions options)
    {
        _providers = [.. options.Providers, .. BuiltInProviders.All];
        _paths = [.. options.Paths.Select(mapped => (mapped.Key.TrimEnd('/'), Find(mapped.Value)!))];
    }

    /// <summary>Says in a sentence what is wrong with a mapped path; null when nothing is.</summary>
    public static string? MistakeIn(string path, string protocol, IEnumerable<UsageProvider> providers)
    {
        if (path is not ['/' or ':', ..])
        {
            return $"The path '{path}' is mapped, but does not begin with a slash. Write the end of the request's path, without its host, such as '/llm/complete'.";
        }

        UsageProvider[] known = [.. providers, .. BuiltInProviders.All];
        return Array.Exists(known, provider => Speaks(provider, protocol)) ? null
            : $"The path '{path}' is mapped to '{protocol}', which is no protocol that is known here. Choose one of "
                + $"{string.Join(", ", known.Select(provider => provider.Protocol).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))}, or add a UsageProvider for it to Providers.";
    }

    /// <summary>Finds out what a POST to that address calls; null when it is none of these APIs.</summary>
    public KnownAddress? At(Uri address)
    {
        if (_addresses.TryGetValue(address.OriginalString, out KnownAddress? known))
        {
            return known;
        }

        known = Find(address) is { } provider ? KnownAddress.Of(provider, address) : null;
        if (Volatile.Read(ref _remembered) < MaxAddresses && _addresses.TryAdd(address.OriginalString, known))
        {
            Interlocked.Increment(ref _remembered);
        }

        return known;
    }

    /// <summary>Finds the API that a POST to that address calls; null when it is none of these.</summary>
    public UsageProvider? Find(Uri address)
    {
        foreach ((string path, UsageProvider provider) in _paths)
        {
            if (AddressParts.EndsWith(address, path))
            {
                return provider;
            }
        }

        foreach (UsageProvider provider in _providers)
        {
            if (provider.Matches(address))
            {
                return provider;
            }
        }

        return null;
    }

    /// <summary>Finds the API of that name.</summary>
    public UsageProvider? Find(string protocol) =>
        Array.Find(_providers, provider => Speaks(provider, protocol));

    private static bool Speaks(UsageProvider provider, string protocol) => provider.Protocol.Equals(protocol, StringComparison.OrdinalIgnoreCase);
}
