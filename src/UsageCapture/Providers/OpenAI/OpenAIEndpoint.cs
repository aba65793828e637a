namespace UsageCapture.Providers;

/// <summary>Describes the addresses of OpenAI's APIs at OpenAI, Azure, other providers, gateways and self-hosted servers.</summary>
internal static class OpenAIEndpoint
{
    /// <summary>
    /// Describes an address. Only Azure has a deployment in the path, so such a path means Azure even when the host is a gateway.
    /// </summary>
    /// <param name="address">The address.</param>
    /// <param name="operation">The value of <see cref="UsageEndpoint.Operation"/>.</param>
    public static UsageEndpoint Describe(Uri address, string operation)
    {
        string? deployment = AddressParts.GetSegmentAfter(address, "/openai/deployments/");
        return new UsageEndpoint
        {
            Provider = deployment is null ? ProviderNames.FromAddress(address, ProviderNames.OpenAI) : ProviderNames.AzureOpenAI,
            Operation = operation,
            Deployment = deployment,
            ApiVersion = AddressParts.GetQueryValue(address, "api-version"),
            Region = AddressRegion.Find(address),
        };
    }
}
