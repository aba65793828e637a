namespace UsageCapture.Providers;

/// <summary>What the addresses of OpenAI's APIs say, wherever they are served: at OpenAI, Azure, a gateway, one's own machine.</summary>
internal static class OpenAIEndpoint
{
    // Microsoft Learn, "Azure OpenAI API version lifecycle": stream_options came with 2024-09-01-preview. Versions are dates, and
    // sort as text.
    private const string FirstApiVersionWithUsage = "2024-09-01";

    /// <summary>Tells what an address says.</summary>
    public static UsageEndpoint Describe(Uri address, string operation)
    {
        string? deployment = AddressParts.Segment(address, "/openai/deployments/");
        string provider = deployment is null ? ProviderNames.At(address, ProviderNames.OpenAI) : ProviderNames.AzureOpenAI;
        return new UsageEndpoint(provider, operation)
        {
            Deployment = deployment,
            ApiVersion = AddressParts.QueryValue(address, "api-version"),
        };
    }

    /// <summary>
    /// Gets whether usage may be asked for: not where it is known to be refused, as with old dated Azure versions and Mistral, nor
    /// where any model may answer, as with Azure's model inference endpoint.
    /// </summary>
    public static bool TakesStreamOptions(UsageEndpoint endpoint) =>
        endpoint.Provider is not (ProviderNames.Mistral or ProviderNames.AzureInference)
        && (endpoint.ApiVersion is not ['0' or '1' or '2', ..] || string.CompareOrdinal(endpoint.ApiVersion, FirstApiVersionWithUsage) >= 0);
}
