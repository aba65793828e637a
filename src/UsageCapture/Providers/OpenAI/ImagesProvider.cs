namespace UsageCapture.Providers;

/// <summary>OpenAI's images API: generations and edits.</summary>
internal sealed class ImagesProvider : UsageProvider
{
    private const string Edits = "/images/edits";

    private static readonly UsageFields Response = new();
    private static readonly UsageField EventType = Response.Add("type");
    private static readonly UsageField Image = Response.Add("data[].b64_json?", "data[].url?");
    private static readonly UsageField InputDetails = Response.Add("usage.input_tokens_details?");

    public override string Protocol => "openai-images";

    public override UsageFields ResponseFields => Response;

    public override bool Matches(Uri address) =>
        AddressParts.EndsWith(address, "/images/generations") || AddressParts.EndsWith(address, Edits);

    public override UsageEndpoint Describe(Uri address) =>
        OpenAIEndpoint.Describe(address, AddressParts.EndsWith(address, Edits) ? "image_edit" : "image_generation");

    public override bool MatchesResponse(UsageDocument document) =>
        (document.Has(Image) && document.Has(InputDetails))
        || (document.GetText(EventType) is { } type
            && (type.StartsWith("image_generation.", StringComparison.Ordinal) || type.StartsWith("image_edit.", StringComparison.Ordinal)));

    public override UsageReader CreateReader() => new OpenAIResultReader();
}
