namespace UsageCapture.Providers;

/// <summary>Google's generateContent, at the Gemini API and at Vertex AI. Its <c>:countTokens</c> uses nothing and is let through.</summary>
internal sealed class GeminiProvider : UsageProvider
{
    private const string Streamed = ":streamGenerateContent";

    public override string Protocol => "gemini-generate";

    public override bool Matches(Uri address) => AddressParts.EndsWith(address, ":generateContent") || AddressParts.EndsWith(address, Streamed);

    public override UsageEndpoint Describe(Uri address) =>
        GoogleEndpoint.Describe(address, "generate_content") with { Streaming = AddressParts.EndsWith(address, Streamed) };

    public override UsageReader CreateReader() => new GeminiReader();
}
