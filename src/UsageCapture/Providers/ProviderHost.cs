namespace UsageCapture.Providers;

/// <summary>Addresses at which one provider answers.</summary>
/// <param name="Domain">The domain. Hosts below it belong to it.</param>
/// <param name="Provider">The name of the provider.</param>
internal sealed record ProviderHost(string Domain, string Provider)
{
    /// <summary>Gets a text that the host must contain, for a domain that is shared with other services; empty when every host fits.</summary>
    public string HostPart { get; init; } = "";

    /// <summary>Gets the beginning of the path, for hosts that serve several APIs; empty when every path fits.</summary>
    public string PathStart { get; init; } = "";

    /// <summary>Gets whether an address is among them.</summary>
    public bool Contains(Uri address) =>
        ProviderNames.IsAt(address, Domain)
        && address.Host.Contains(HostPart, StringComparison.OrdinalIgnoreCase)
        && address.AbsolutePath.StartsWith(PathStart, StringComparison.OrdinalIgnoreCase);
}
