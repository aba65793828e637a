namespace UsageCapture.Providers;

/// <summary>
/// The request member <c>stream_options.include_usage</c>: when it is true, OpenAI's completions report usage in a stream.
/// </summary>
internal static class StreamOptions
{
    /// <summary>Sets the member in a request, unless the request has <c>data_sources</c>.</summary>
    /// <remarks>
    /// A request with <c>data_sources</c> uses Azure's "On Your Data", which rejects the option (Azure/azure-sdk-for-net#50719).
    /// </remarks>
    public static readonly UsageRequestOption IncludeUsage = new() { Path = "stream_options.include_usage", ExcludedBy = ["data_sources"] };

    // Microsoft Learn, "Azure OpenAI API version lifecycle": stream_options came with 2024-09-01-preview. Without the suffix, the text
    // sorts before both 2024-09-01-preview and 2024-09-01.
    private const string FirstSupportingAzureVersion = "2024-09-01";

    /// <summary>Gets whether requests to an endpoint may have the option.</summary>
    /// <returns>
    /// False for Mistral and for older versions of Azure OpenAI, which reject the option, and for Azure's model inference, where it depends
    /// on the model.
    /// </returns>
    public static bool IsAcceptedBy(UsageEndpoint endpoint)
    {
        if (endpoint.Provider is ProviderNames.Mistral or ProviderNames.AzureInference)
        {
            return false;
        }

        // A dated version begins with a digit, that of the year. Other versions, such as "v1" and "preview", are newer than all dated ones.
        bool isDated = endpoint.ApiVersion is [>= '0' and <= '9', ..];
        return !isDated || string.CompareOrdinal(endpoint.ApiVersion, FirstSupportingAzureVersion) >= 0;
    }
}
