using System.Net.Http.Headers;

using UsageCapture.Providers;

namespace UsageCapture.Recognition;

/// <summary>The API that a request calls, and the facts about its endpoint that the address tells.</summary>
/// <param name="Provider">Reads the responses of the API.</param>
/// <param name="Endpoint">The result of <see cref="UsageProvider.Describe"/> for the address.</param>
/// <param name="AcceptsRequestOption">Whether the API has an option that asks for usage, and the endpoint is not known to reject it.</param>
internal sealed record RecognizedApi(UsageProvider Provider, UsageEndpoint Endpoint, bool AcceptsRequestOption)
{
    /// <summary>Creates the description of an endpoint from a provider and an address.</summary>
    public static RecognizedApi Describe(UsageProvider provider, Uri address)
    {
        UsageEndpoint endpoint = provider.Describe(address);
        return new RecognizedApi(provider, endpoint, provider.RequestOption is not null && provider.AcceptsRequestOption(endpoint));
    }

    /// <summary>Gets the name of the provider that sent a response. Its headers may be more exact than the address, for example for a gateway.</summary>
    public string GetProviderName(HttpResponseHeaders headers) => ProviderNames.FromResponse(Endpoint.Provider, headers);

    /// <summary>Creates a reader for one response of the API.</summary>
    /// <exception cref="InvalidOperationException">The provider returned no reader.</exception>
    public UsageReader CreateReader() => Provider.CreateReader()
        ?? throw new InvalidOperationException($"CreateReader of {Provider.GetType().Name} returned null. Return a new UsageReader for each response.");
}
