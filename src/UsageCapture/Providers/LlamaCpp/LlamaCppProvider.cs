namespace UsageCapture.Providers;

/// <summary>The own completion API of a llama.cpp server: <c>/completion</c>, and <c>/infill</c> for code. Streams are server-sent events.</summary>
/// <remarks>
/// Requests usually name no model, because the server has one. Then the response tells that the call is one of this API.
/// The server's <c>/completions</c> and <c>/v1/…</c> are recognized as OpenAI's APIs.
/// </remarks>
internal sealed class LlamaCppProvider : UsageProvider
{
    // The members by which a response is recognized. "?" means that only the presence of the member is kept.
    private static readonly UsageFields RecognitionFields = new();
    private static readonly UsageField Stop = RecognitionFields.Add("stop?");
    private static readonly UsageField Evaluated = RecognitionFields.Add("tokens_evaluated?");
    private static readonly UsageField Predicted = RecognitionFields.Add("tokens_predicted?");

    public override string Protocol => "llama-cpp-completion";

    public override UsageFields ResponseFields => RecognitionFields;

    internal override string[] InputMembers => ["prompt", "input_prefix"];

    // Known hosts belong to services with other APIs. SAP has /completion too.
    public override bool Matches(Uri address) =>
        (AddressParts.EndsWith(address, "/completion") || AddressParts.EndsWith(address, "/infill"))
        && !ProviderNames.IsKnownHost(address);

    public override UsageEndpoint Describe(Uri address) => new()
    {
        Provider = ProviderNames.FromAddress(address, "llama_cpp"),
        Operation = "text_completion",
    };

    public override bool MatchesResponse(UsageDocument document) =>
        document.Has(Evaluated) && document.Has(Predicted) && document.Has(Stop);

    public override UsageReader CreateReader() => new LlamaCppReader();
}
