using UsageCapture.Providers;

namespace UsageCapture.Recognition;

/// <summary>Checks the paths that the options map to a protocol, before a <see cref="ProviderRegistry"/> uses them. The validator of the options calls it.</summary>
internal static class MappedPathCheck
{
    /// <summary>Describes the mistake in a mapped path in one sentence; null when there is none.</summary>
    /// <param name="path">The end of a path: segments, or a method of Google's APIs, such as <c>:generateContent</c>.</param>
    /// <param name="protocol">The <see cref="UsageProvider.Protocol"/> that the path is mapped to.</param>
    /// <param name="providers">The user's own providers.</param>
    public static string? FindMistake(string path, string protocol, IEnumerable<UsageProvider> providers)
    {
        if (path is not ['/' or ':', ..])
        {
            return $"The path '{path}' is mapped, but begins neither with '/' nor with ':'. Write the end of the request's path, without its host, such as '/llm/complete'.";
        }

        // The slashes at the end are ignored, so this path would match every address.
        if (path.Trim('/').Length == 0)
        {
            return $"The path '{path}' is mapped, but has no segment. Write the end of the request's path, such as '/llm/complete'.";
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

    /// <summary>Gets whether a provider has a protocol. Case is ignored.</summary>
    public static bool HasProtocol(UsageProvider provider, string protocol) => provider.Protocol.Equals(protocol, StringComparison.OrdinalIgnoreCase);
}
