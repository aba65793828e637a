namespace UsageCapture.Providers;

/// <summary>Amazon Bedrock's Converse and ConverseStream operations, which have one format for all models.</summary>
internal sealed class BedrockConverseProvider : UsageProvider
{
    private const string ActionPath = "/converse";
    private const string StreamedActionPath = "/converse-stream";

    // The members by which a response is recognized. "?": only the presence of the value is noted.
    private static readonly UsageFields RecognitionFields = new();
    private static readonly UsageField StopReason = RecognitionFields.Add("stopReason?");
    private static readonly UsageField InputTokens = RecognitionFields.Add("usage.inputTokens?");

    public override string Protocol => "bedrock-converse";

    public override UsageFields ResponseFields => RecognitionFields;

    public override bool Matches(Uri address) =>
        BedrockEndpoint.Matches(address, ActionPath) || BedrockEndpoint.Matches(address, StreamedActionPath);

    public override UsageEndpoint Describe(Uri address) => BedrockEndpoint.Describe(address, ActionPath, StreamedActionPath);

    public override bool MatchesResponse(UsageDocument document) => document.Has(StopReason) && document.Has(InputTokens);

    public override UsageReader CreateReader() => new BedrockConverseReader();
}
