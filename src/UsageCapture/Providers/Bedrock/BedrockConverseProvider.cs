namespace UsageCapture.Providers;

/// <summary>Amazon Bedrock's Converse and ConverseStream: one format for all models.</summary>
internal sealed class BedrockConverseProvider : UsageProvider
{
    private const string Action = "/converse";
    private const string StreamedAction = "/converse-stream";

    // The members by which a response is recognised. "?": only the presence of the value is noted.
    private static readonly UsageFields ShapeFields = new();
    private static readonly UsageField StopReason = ShapeFields.Add("stopReason?");
    private static readonly UsageField InputTokens = ShapeFields.Add("usage.inputTokens?");

    public override string Protocol => "bedrock-converse";

    public override UsageFields ResponseFields => ShapeFields;

    public override bool Matches(Uri address) =>
        BedrockEndpoint.Matches(address, Action) || BedrockEndpoint.Matches(address, StreamedAction);

    public override UsageEndpoint Describe(Uri address) => BedrockEndpoint.Describe(address, Action, StreamedAction);

    public override bool MatchesResponse(UsageDocument document) => document.Has(StopReason) && document.Has(InputTokens);

    public override UsageReader CreateReader() => new BedrockConverseReader();
}
