using System.Net.Http.Headers;

using UsageCapture.Providers;
using UsageCapture.Telemetry;

namespace UsageCapture.Recognition;

/// <summary>The API that a request calls, and the facts about its endpoint that the address tells.</summary>
/// <param name="Provider">Reads the responses of the API.</param>
/// <param name="Endpoint">The result of <see cref="UsageProvider.Describe"/> for the address. Its texts are safe (<see cref="SafeText"/>).</param>
/// <param name="Protocol">The name of the wire format.</param>
/// <param name="UsageOption">The option in the API's requests that asks for usage; null when streams report usage without being asked.</param>
/// <param name="AcceptsUsageOption">Whether the API has an option that asks for usage, and the endpoint is not known to reject it.</param>
/// <param name="StreamsByDefault">Whether a request whose body has no member <c>stream</c> asks for a stream, because of the API or of the address.</param>
/// <param name="InputMembers">A request is a call of the API only if its body has at least one of these members; empty when the address is proof enough.</param>
/// <remarks>The provider may be the user's own code and throw. <see cref="Describe"/> reads all its properties at once, and the callers of Describe catch the exceptions.</remarks>
internal sealed record RecognizedApi(
    UsageProvider Provider,
    UsageEndpoint Endpoint,
    string Protocol,
    UsageRequestOption? UsageOption,
    bool AcceptsUsageOption,
    bool StreamsByDefault,
    string[] InputMembers)
{
    /// <summary>Creates the description of an endpoint from a provider and an address.</summary>
    /// <param name="provider">The provider.</param>
    /// <param name="address">The address.</param>
    /// <param name="trustsAddress">Whether the address is proof enough of a call of the API. Otherwise the request must look like one too.</param>
    /// <exception cref="InvalidOperationException">The provider returned null for a value that must not be null.</exception>
    public static RecognizedApi Describe(UsageProvider provider, Uri address, bool trustsAddress = true)
    {
        UsageEndpoint endpoint = Require(provider.Describe(address), provider, "Describe");
        endpoint = endpoint with
        {
            Provider = SafeText.Clean(Require(endpoint.Provider, provider, "Describe().Provider")),
            Operation = SafeText.Clean(Require(endpoint.Operation, provider, "Describe().Operation")),
            Model = SafeText.Clean(endpoint.Model),
            Deployment = SafeText.Clean(endpoint.Deployment),
            ApiVersion = SafeText.Clean(endpoint.ApiVersion),
            Region = SafeText.Clean(endpoint.Region),
        };
        UsageRequestOption? option = provider.RequestOption;
        if (option is not null)
        {
            Require(option.ExcludedBy, provider, "RequestOption.ExcludedBy");
        }

        return new RecognizedApi(
            provider,
            endpoint,
            SafeText.Clean(Require(provider.Protocol, provider, "Protocol")),
            option,
            option is not null && provider.AcceptsRequestOption(endpoint),
            endpoint.Streaming || provider.StreamsByDefault,
            trustsAddress ? [] : provider.InputMembers);
    }

    /// <summary>Gets the name of the provider that sent a response. Its headers may be more exact than the address, for example for a gateway.</summary>
    public string GetProviderName(HttpResponseHeaders headers) => ProviderNames.FromResponse(Endpoint.Provider, headers);

    /// <summary>Gets the region that serves a call, as far as its request tells; null when it does not.</summary>
    /// <param name="requestModel">The model that the request asks for, in its body or its path. At Amazon, it may name a region; null when there is none.</param>
    public string? GetRegion(string? requestModel) =>
        (Endpoint.Provider == ProviderNames.Bedrock ? AddressRegion.FindInBedrockModel(requestModel) : null) ?? Endpoint.Region;

    /// <summary>Creates a reader for one response of the API.</summary>
    /// <exception cref="InvalidOperationException">The provider returned no reader.</exception>
    public UsageReader CreateReader() => Require(Provider.CreateReader(), Provider, "CreateReader");

    private static T Require<T>(T? value, UsageProvider provider, string member)
        where T : class =>
        value ?? throw new InvalidOperationException($"{member} of {provider.GetType().Name} returned null. Return a value.");
}
