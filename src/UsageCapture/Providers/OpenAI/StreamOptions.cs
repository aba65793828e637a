namespace UsageCapture.Providers;

/// <summary><c>stream_options.include_usage</c>, with which OpenAI's completions report usage in a stream.</summary>
internal static class StreamOptions
{
    /// <summary>The option. Azure's On Your Data, which <c>data_sources</c> asks for, refuses both together (Azure/azure-sdk-for-net#50719).</summary>
    public static readonly UsageRequestOption IncludeUsage = new() { Path = "stream_options.include_usage", ExcludedBy = ["data_sources"] };

    // Microsoft Learn, "Azure OpenAI API version lifecycle": stream_options came with 2024-09-01-preview. Versions are dates, so they
    // sort as text.
    private const string FirstAzureVersion = "2024-09-01";

    /// <summary>Gets whether an endpoint may be sent the option.</summary>
    /// <returns>
    /// False for Mistral and for older dated versions of Azure, which refuse it, and for Azure's model inference, where it depends on the
    /// model.
    /// </returns>
    public static bool IsAcceptedBy(UsageEndpoint endpoint) =>
        endpoint.Provider is not (ProviderNames.Mistral or ProviderNames.AzureInference)
        && (endpoint.ApiVersion is not ['0' or '1' or '2', ..] || string.CompareOrdinal(endpoint.ApiVersion, FirstAzureVersion) >= 0);
}
