namespace UsageCapture.Providers;

/// <summary>The embedContent and batchEmbedContents methods of Google's Gemini API. Older models report no usage.</summary>
internal sealed class GeminiEmbeddingsProvider : UsageProvider
{
    public override string Protocol => "gemini-embeddings";

    public override bool Matches(Uri address) =>
        AddressParts.EndsWith(address, ":embedContent") || AddressParts.EndsWith(address, ":batchEmbedContents");

    public override UsageEndpoint Describe(Uri address) => GoogleEndpoint.Describe(address, "embeddings");

    public override UsageReader CreateReader() => new GeminiReader();
}
