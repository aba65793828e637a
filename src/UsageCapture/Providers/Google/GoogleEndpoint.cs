namespace UsageCapture.Providers;

/// <summary>Reads the addresses of Google's APIs, at Google or at a gateway: <c>…/models/gemini-x:method</c>.</summary>
internal static class GoogleEndpoint
{
    /// <summary>Describes an address. At an unknown host, the path decides between Vertex AI and the Gemini API.</summary>
    /// <param name="address">The address.</param>
    /// <param name="operation">The value of <see cref="UsageEndpoint.Operation"/>.</param>
    public static UsageEndpoint Describe(Uri address, string operation) => new()
    {
        Provider = ProviderNames.FromAddress(address, IsVertexPath(address) ? ProviderNames.VertexAI : ProviderNames.Gemini),
        Operation = operation,
        Model = GetModel(address),
        Region = AddressRegion.Find(address),
    };

    /// <summary>
    /// Gets the text before the method: the name of a model, a tuned model or an endpoint. Null when the path has no method.
    /// </summary>
    public static string? GetModel(Uri address)
    {
        ReadOnlySpan<char> path = AddressParts.GetPath(address);
        ReadOnlySpan<char> lastSegment = path[(path.LastIndexOf('/') + 1)..];
        int colon = lastSegment.LastIndexOf(':');
        return colon <= 0 ? null : Uri.UnescapeDataString(lastSegment[..colon]);
    }

    // The paths of Vertex AI contain the publisher of a model or the location of an endpoint. Those of the Gemini API have neither.
    private static bool IsVertexPath(Uri address) =>
        address.AbsolutePath.Contains("/publishers/", StringComparison.OrdinalIgnoreCase)
        || address.AbsolutePath.Contains("/locations/", StringComparison.OrdinalIgnoreCase);
}
