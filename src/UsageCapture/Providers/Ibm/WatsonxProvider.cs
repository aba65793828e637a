namespace UsageCapture.Providers;

/// <summary>IBM watsonx's text generation. Its chat answers in OpenAI's format, and is recognised by the shape of its response.</summary>
internal sealed class WatsonxProvider : UsageProvider
{
    private static readonly string[] Actions = ["/text/generation", "/generation/text"];
    private static readonly string[] StreamedActions = ["/text/generation_stream", "/generation/text_stream"];

    // The members by which a response is recognised. "?": only the presence of the value is noted.
    private static readonly UsageFields ShapeFields = new();
    private static readonly UsageField Model = ShapeFields.Add("model_id?");
    private static readonly UsageField OutputCount = ShapeFields.Add("results[].generated_token_count?");

    public override string Protocol => "watsonx-generation";

    public override UsageFields ResponseFields => ShapeFields;

    public override bool Matches(Uri address) =>
        address.AbsolutePath.Contains("/ml/v1", StringComparison.OrdinalIgnoreCase)
        && (EndsWithAny(address, Actions) || EndsWithAny(address, StreamedActions));

    public override UsageEndpoint Describe(Uri address) => new()
    {
        Provider = ProviderNames.FromAddress(address, "ibm.watsonx.ai"),
        Operation = "text_completion",
        Deployment = AddressParts.GetSegmentAfter(address, "/deployments/"),
        ApiVersion = AddressParts.GetQueryValue(address, "version"),
        Streaming = EndsWithAny(address, StreamedActions),
    };

    public override bool MatchesResponse(UsageDocument document) => document.Has(Model) && document.Has(OutputCount);

    public override UsageReader CreateReader() => new WatsonxReader();

    private static bool EndsWithAny(Uri address, string[] ends) => Array.Exists(ends, end => AddressParts.EndsWith(address, end));
}
