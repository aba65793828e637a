namespace UsageCapture.Providers;

/// <summary>A rule that names the provider of the addresses that it matches: the host must match, and sometimes the path too.</summary>
/// <param name="Domain">The domain, such as <c>cohere.com</c>. Its subdomains match too.</param>
/// <param name="ProviderName">The name of the provider, as in <see cref="UsageEndpoint.Provider"/>.</param>
internal sealed record ProviderHostRule(string Domain, string ProviderName)
{
    /// <summary>
    /// Gets a text that the host must contain, for a domain that is shared with other services; empty when every host of the domain matches.
    /// </summary>
    public string RequiredHostText { get; init; } = "";

    /// <summary>Gets the beginning that the path must have, for hosts that serve several APIs; empty when every path matches.</summary>
    public string PathPrefix { get; init; } = "";

    /// <summary>Gets whether an address has the domain, the text in its host and the beginning of the path.</summary>
    public bool Matches(Uri address) =>
        ProviderNames.IsInDomain(address, Domain)
        && address.Host.Contains(RequiredHostText, StringComparison.OrdinalIgnoreCase)
        && address.AbsolutePath.StartsWith(PathPrefix, StringComparison.OrdinalIgnoreCase);
}
