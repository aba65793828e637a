namespace UsageCapture.Providers;

/// <summary>The text generation API of IBM watsonx.</summary>
/// <remarks>
/// Watsonx's chat API answers in OpenAI's format. <see cref="ChatCompletionsProvider"/> recognizes its responses by their shape.
/// </remarks>
internal sealed class WatsonxProvider : UsageProvider
{
    // The ends of the paths. The second has the word order of the beta version: /ml/v1-beta/generation/text. Matches looks for "/ml/v1", which
    // is also in the beta version's paths.
    private static readonly string[] Actions = ["/text/generation", "/generation/text"];
    private static readonly string[] StreamedActions = ["/text/generation_stream", "/generation/text_stream"];

    // The members by which a response is recognized. "?" means that only the presence of the member is kept.
    private static readonly UsageFields RecognitionFields = new();
    private static readonly UsageField Model = RecognitionFields.Add("model_id?");
    private static readonly UsageField OutputCount = RecognitionFields.Add("results[].generated_token_count?");

    public override string Protocol => "watsonx-generation";

    public override UsageFields ResponseFields => RecognitionFields;

    public override bool Matches(Uri address) =>
        address.AbsolutePath.Contains("/ml/v1", StringComparison.OrdinalIgnoreCase)
        && (EndsWithAny(address, Actions) || EndsWithAny(address, StreamedActions));

    public override UsageEndpoint Describe(Uri address) => new()
    {
        Provider = ProviderNames.FromAddress(address, "ibm.watsonx.ai"),
        Operation = "text_completion",
        Deployment = AddressParts.GetSegmentAfter(address, "/deployments/"),
        ApiVersion = AddressParts.GetQueryValue(address, "version"),
        Region = AddressRegion.Find(address),
        Streaming = EndsWithAny(address, StreamedActions),
    };

    public override bool MatchesResponse(UsageDocument document) => document.Has(Model) && document.Has(OutputCount);

    public override UsageReader CreateReader() => new WatsonxReader();

    private static bool EndsWithAny(Uri address, string[] suffixes) =>
        Array.Exists(suffixes, suffix => AddressParts.EndsWith(address, suffix));
}
