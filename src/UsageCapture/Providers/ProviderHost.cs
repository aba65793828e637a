namespace UsageCapture.Providers;

/// <summary>A rule that names the provider of the addresses that it matches: the host must match, and sometimes the path too.</summary>
/// <param name="Domain">The domain, such as <c>cohere.com</c>. Its subdomains match too.</param>
/// <param name="Provider">The name of the provider.</param>
internal sealed record ProviderHost(string Domain, string Provider)
{
    /// <summary>
    /// Gets a text that the host must contain, for a domain that is shared with other services; empty when any host will do.
    /// </summary>
    public string RequiredHostText { get; init; } = "";

    /// <summary>Gets the beginning that the path must have, for hosts that serve several APIs; empty when any path will do.</summary>
    public string PathPrefix { get; init; } = "";

    /// <summary>Gets whether an address has the domain, the text in its host and the beginning of the path.</summary>
    public bool Matches(Uri address) =>
        ProviderNames.IsInDomain(address, Domain)
        && address.Host.Contains(RequiredHostText, StringComparison.OrdinalIgnoreCase)
        && address.AbsolutePath.StartsWith(PathPrefix, StringComparison.OrdinalIgnoreCase);
}
