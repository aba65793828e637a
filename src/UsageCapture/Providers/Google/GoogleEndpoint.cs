namespace UsageCapture.Providers;

/// <summary>What the addresses of Google's APIs say: <c>…/models/gemini-x:method</c>, also behind a gateway.</summary>
internal static class GoogleEndpoint
{
    /// <summary>Tells what an address says.</summary>
    public static UsageEndpoint Describe(Uri address, string operation) =>
        new(ProviderNames.At(address, IsVertexPath(address) ? ProviderNames.VertexAI : ProviderNames.Gemini), operation) { Model = Model(address) };

    /// <summary>Gets the name before the method: a model's, a tuned model's or an endpoint's; null when the path has no method.</summary>
    public static string? Model(Uri address)
    {
        ReadOnlySpan<char> path = AddressParts.Path(address);
        ReadOnlySpan<char> last = path[(path.LastIndexOf('/') + 1)..];
        int length = last.LastIndexOf(':');
        return length <= 0 ? null : Uri.UnescapeDataString(last[..length]);
    }

    // Vertex AI names the publisher of a model, or the location of an endpoint; the Gemini API knows neither.
    private static bool IsVertexPath(Uri address) =>
        address.AbsolutePath.Contains("/publishers/", StringComparison.OrdinalIgnoreCase)
        || address.AbsolutePath.Contains("/locations/", StringComparison.OrdinalIgnoreCase);
}
