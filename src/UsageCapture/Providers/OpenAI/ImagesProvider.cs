namespace UsageCapture.Providers;

/// <summary>OpenAI's images API: generations and edits.</summary>
internal sealed class ImagesProvider : UsageProvider
{
    private const string EditsPath = "/images/edits";

    // The members by which a response is recognized. "?": only the presence of the value is noted; an image is too large to keep. Several
    // paths of one field are alternatives: an image is sent as data or as a link.
    private static readonly UsageFields RecognitionFields = new();
    private static readonly UsageField EventType = RecognitionFields.Add("type");
    private static readonly UsageField Image = RecognitionFields.Add("data[].b64_json?", "data[].url?");
    private static readonly UsageField InputDetails = RecognitionFields.Add("usage.input_tokens_details?");

    public override string Protocol => "openai-images";

    public override UsageFields ResponseFields => RecognitionFields;

    internal override string[] InputMembers => ["prompt", "image", "images"];

    public override bool Matches(Uri address) =>
        AddressParts.EndsWith(address, "/images/generations") || AddressParts.EndsWith(address, EditsPath);

    public override UsageEndpoint Describe(Uri address) =>
        OpenAIEndpoint.Describe(address, AddressParts.EndsWith(address, EditsPath) ? "image_edit" : "image_generation");

    public override bool MatchesResponse(UsageDocument document)
    {
        // Many servers return images without usage in the same form. Only OpenAI's usage has the details.
        bool isBody = document.Has(Image) && document.Has(InputDetails);
        string eventType = document.GetText(EventType) ?? "";
        return isBody
            || eventType.StartsWith("image_generation.", StringComparison.Ordinal)
            || eventType.StartsWith("image_edit.", StringComparison.Ordinal);
    }

    // Images report usage in the same members as embeddings and audio.
    public override UsageReader CreateReader() => new OpenAIResultReader();
}
