namespace UsageCapture.Providers;

/// <summary>
/// The System One API, in which a model answers questions with probabilities instead of text. TypeSafe defined it. Ollama, llama.cpp and
/// gateways offer it too. It is not streamed.
/// </summary>
internal sealed class SystemOneProvider : UsageProvider
{
    // The members by which a response is recognized. "?" means that only the presence of the member is kept.
    private static readonly UsageFields RecognitionFields = new();
    private static readonly UsageField Model = RecognitionFields.Add("model?");
    private static readonly UsageField Answers = RecognitionFields.Add("answers?"); // An object with a member for each question.
    private static readonly UsageField InputTokens = RecognitionFields.Add("usage.input_tokens?");

    public override string Protocol => "system-one";

    public override UsageFields ResponseFields => RecognitionFields;

    internal override string[] InputMembers => ["questions"];

    public override bool Matches(Uri address) => AddressParts.EndsWith(address, "/systemone");

    public override UsageEndpoint Describe(Uri address) => new()
    {
        Provider = ProviderNames.FromAddress(address, ProviderNames.TypeSafe),
        Operation = "decision",
    };

    public override bool MatchesResponse(UsageDocument document) =>
        document.Has(Answers) && document.Has(InputTokens) && document.Has(Model);

    // The usage has OpenAI's names: input_tokens and output_tokens.
    public override UsageReader CreateReader() => new OpenAIResultReader();
}
