namespace UsageCapture.Providers;

/// <summary>OpenAI's Decisions API: a model answers questions with probabilities instead of text. It is not streamed.</summary>
/// <remarks>Some gateways also accept the request of <see cref="SystemOneProvider"/> at this path. The usage is the same in both.</remarks>
internal sealed class DecisionsProvider : UsageProvider
{
    // The members by which a response is recognized. "?" means that only the presence of the member is kept.
    private static readonly UsageFields RecognitionFields = new();
    private static readonly UsageField Model = RecognitionFields.Add("model?");
    private static readonly UsageField AnswerType = RecognitionFields.Add("answers[].type?");
    private static readonly UsageField InputTokens = RecognitionFields.Add("usage.input_tokens?");

    public override string Protocol => "openai-decisions";

    public override UsageFields ResponseFields => RecognitionFields;

    // The other input of a call, "input" or "state", is a common name.
    internal override string[] InputMembers => ["questions"];

    public override bool Matches(Uri address) => AddressParts.EndsWith(address, "/v1/decisions");

    public override UsageEndpoint Describe(Uri address) => OpenAIEndpoint.Describe(address, "decision");

    public override bool MatchesResponse(UsageDocument document) =>
        document.Has(AnswerType) && document.Has(InputTokens) && document.Has(Model);

    public override UsageReader CreateReader() => new OpenAIResultReader();
}
