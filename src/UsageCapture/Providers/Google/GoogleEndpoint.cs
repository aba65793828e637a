namespace UsageCapture.Providers;

/// <summary>Reads the addresses of Google's APIs, also behind a gateway: <c>…/models/gemini-x:method</c>.</summary>
internal static class GoogleEndpoint
{
    /// <summary>Describes an address.</summary>
    public static UsageEndpoint Describe(Uri address, string operation) => new()
    {
        Provider = ProviderNames.FromAddress(address, IsVertexPath(address) ? ProviderNames.VertexAI : ProviderNames.Gemini),
        Operation = operation,
        Model = GetModel(address),
    };

    /// <summary>Gets the name before the method: of a model, a tuned model or an endpoint. Null when the path has no method.</summary>
    public static string? GetModel(Uri address)
    {
        ReadOnlySpan<char> path = AddressParts.GetPath(address);
        ReadOnlySpan<char> last = path[(path.LastIndexOf('/') + 1)..];
        int length = last.LastIndexOf(':');
        return length <= 0 ? null : Uri.UnescapeDataString(last[..length]);
    }

    // Paths of Vertex AI have the publisher of a model or the location of an endpoint. Those of the Gemini API have neither.
    private static bool IsVertexPath(Uri address) =>
        address.AbsolutePath.Contains("/publishers/", StringComparison.OrdinalIgnoreCase)
        || address.AbsolutePath.Contains("/locations/", StringComparison.OrdinalIgnoreCase);
}
