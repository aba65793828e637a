using System.Collections.Concurrent;

namespace UsageCapture.Providers;

/// <summary>Every API that a handler recognises: mapped paths first, then the user's own, then those that are built in.</summary>
internal sealed class KnownProviders
{
    // An application calls a handful of addresses again and again. One that puts ids into them does not fill the memory.
    private const int MaxAddresses = 256;

    private readonly (string Path, UsageProvider Provider)[] _paths;
    private readonly UsageProvider[] _providers;
    private readonly ConcurrentDictionary<string, KnownAddress?> _addresses = new(StringComparer.Ordinal);
    private int _remembered;

    /// <summary>Takes the options as they are now.</summary>
    /// <exception cref="ArgumentException">A path is mapped to a protocol that nobody here speaks.</exception>
    public KnownProviders(UsageCaptureOptions options)
    {
        _providers = [.. options.Providers, .. BuiltInProviders.All];
        _paths = [.. options.Paths.Select(mapped => (mapped.Key.TrimEnd('/'), Speaking(mapped.Value, mapped.Key)))];
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
        Array.Find(_providers, provider => provider.Protocol.Equals(protocol, StringComparison.OrdinalIgnoreCase));

    private UsageProvider Speaking(string protocol, string path) =>
        Find(protocol)
        ?? throw new ArgumentException(
            $"The path '{path}' is mapped to '{protocol}', which is no protocol that is known here: "
            + $"{string.Join(", ", _providers.Select(provider => provider.Protocol).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))}.",
            nameof(path));
}
