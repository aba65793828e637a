namespace UsageCapture.Recognition;

/// <summary>What an API says of an address.</summary>
/// <param name="Provider">The API.</param>
/// <param name="Endpoint">What the address says of the calls to it.</param>
/// <param name="TakesStreamOptions">Whether it may be asked for usage.</param>
internal sealed record KnownAddress(UsageProvider Provider, UsageEndpoint Endpoint, bool TakesStreamOptions)
{
    /// <summary>Asks the API.</summary>
    public static KnownAddress Of(UsageProvider provider, Uri address)
    {
        UsageEndpoint endpoint = provider.Describe(address);
        return new KnownAddress(provider, endpoint, provider.TakesStreamOptions(endpoint));
    }
}
