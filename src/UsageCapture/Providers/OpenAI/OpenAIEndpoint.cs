namespace UsageCapture.Providers;

/// <summary>Describes the addresses of OpenAI's APIs: at OpenAI, Azure, other providers, gateways and servers of one's own.</summary>
internal static class OpenAIEndpoint
{
    /// <summary>Describes an address. A deployment in the path means Azure, also behind a gateway.</summary>
    public static UsageEndpoint Describe(Uri address, string operation)
    {
        string? deployment = AddressParts.Segment(address, "/openai/deployments/");
        return new UsageEndpoint
        {
            Provider = deployment is null ? ProviderNames.At(address, ProviderNames.OpenAI) : ProviderNames.AzureOpenAI,
            Operation = operation,
            Deployment = deployment,
            ApiVersion = AddressParts.QueryValue(address, "api-version"),
        };
    }
}
