using System.Net.Http.Headers;

using UsageCapture.Providers;

namespace UsageCapture.Recognition;

/// <summary>The API that an address calls, and what its provider says of the address.</summary>
/// <param name="Provider">The provider.</param>
/// <param name="Endpoint">What the address says of a call.</param>
/// <param name="AcceptsRequestOption">Whether the endpoint may be asked for usage with the provider's request option.</param>
internal sealed record RecognizedApi(UsageProvider Provider, UsageEndpoint Endpoint, bool AcceptsRequestOption)
{
    /// <summary>Asks a provider about an address.</summary>
    public static RecognizedApi Describe(UsageProvider provider, Uri address)
    {
        UsageEndpoint endpoint = provider.Describe(address);
        return new RecognizedApi(provider, endpoint, provider.RequestOption is not null && provider.AcceptsRequestOption(endpoint));
    }

    /// <summary>Gets the name of the provider that answered. The headers of a response may tell it better than the address.</summary>
    public string GetProviderName(HttpResponseHeaders headers) => ProviderNames.FromResponse(Endpoint.Provider, headers);

    /// <summary>Makes a reader for one response of the API.</summary>
    /// <exception cref="InvalidOperationException">The provider returned no reader.</exception>
    public UsageReader CreateReader() => Provider.CreateReader()
        ?? throw new InvalidOperationException($"CreateReader of {Provider.GetType().Name} returned null. Return a new UsageReader for each response.");
}
