namespace UsageCapture.Providers;

/// <summary>OpenAI's Responses API, as OpenAI, Azure and other servers offer it.</summary>
/// <remarks>
/// Only calls that run a model match, so <c>/responses/input_tokens</c> and <c>/responses/{id}/cancel</c> do not. The server answers a
/// request with <c>background: true</c> before the model runs. The record of such a call has no counts and needs review.
/// </remarks>
internal sealed class ResponsesProvider : UsageProvider
{
    // The members by which a response is recognized. "?": only the presence of the value is noted.
    private static readonly UsageFields RecognitionFields = new();
    private static readonly UsageField ObjectName = RecognitionFields.Add("object");
    private static readonly UsageField Model = RecognitionFields.Add("model?");
    private static readonly UsageField EventType = RecognitionFields.Add("type");
    private static readonly UsageField EventObjectName = RecognitionFields.Add("response.object");

    public override string Protocol => "openai-responses";

    public override UsageFields ResponseFields => RecognitionFields;

    internal override string[] InputMembers => ["input", "prompt", "conversation", "previous_response_id"];

    public override bool Matches(Uri address) =>
        AddressParts.EndsWith(address, "/responses") || AddressParts.EndsWith(address, "/responses/compact");

    public override UsageEndpoint Describe(Uri address) => OpenAIEndpoint.Describe(address, "chat");

    public override bool MatchesResponse(UsageDocument document)
    {
        string? objectName = document.GetText(ObjectName);
        bool isBody = objectName == "response.compaction" || (objectName == "response" && document.Has(Model));
        bool isEvent = document.GetText(EventType)?.StartsWith("response.", StringComparison.Ordinal) == true
            && document.GetText(EventObjectName) == "response";
        return isBody || isEvent;
    }

    public override UsageReader CreateReader() => new ResponsesReader();
}
