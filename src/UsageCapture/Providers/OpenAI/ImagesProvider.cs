namespace UsageCapture.Providers;

/// <summary>OpenAI's images: generated, and edited.</summary>
internal sealed class ImagesProvider : UsageProvider
{
    private const string Edits = "/images/edits";

    public override string Protocol => "openai-images";

    public override bool Matches(Uri address) =>
        AddressParts.EndsWith(address, "/images/generations") || AddressParts.EndsWith(address, Edits);

    public override UsageEndpoint Describe(Uri address) =>
        OpenAIEndpoint.Describe(address, AddressParts.EndsWith(address, Edits) ? "image_edit" : "image_generation");

    public override UsageReader CreateReader() => new OpenAIResultReader();
}
