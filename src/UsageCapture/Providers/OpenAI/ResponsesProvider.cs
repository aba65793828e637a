namespace UsageCapture.Providers;

/// <summary>OpenAI's Responses API, at OpenAI, Azure and other servers.</summary>
/// <remarks>
/// Only calls that make a model work match, so <c>/responses/input_tokens</c> and <c>/responses/{id}/cancel</c> do not. A response that
/// the caller asks for with <c>background</c> is answered before there is any usage. Its record has no counts and needs review.
/// </remarks>
internal sealed class ResponsesProvider : UsageProvider
{
    private static readonly UsageFields Response = new();
    private static readonly UsageField ObjectName = Response.Add("object");
    private static readonly UsageField Model = Response.Add("model?");
    private static readonly UsageField EventType = Response.Add("type");
    private static readonly UsageField EventObjectName = Response.Add("response.object");

    public override string Protocol => "openai-responses";

    public override UsageFields ResponseFields => Response;

    public override bool Matches(Uri address) =>
        AddressParts.EndsWith(address, "/responses") || AddressParts.EndsWith(address, "/responses/compact");

    public override UsageEndpoint Describe(Uri address) => OpenAIEndpoint.Describe(address, "chat");

    public override bool MatchesResponse(UsageDocument document) => document.GetText(ObjectName) switch
    {
        "response.compaction" => true,
        "response" when document.Has(Model) => true,
        _ => document.GetText(EventType)?.StartsWith("response.", StringComparison.Ordinal) == true
            && document.GetText(EventObjectName) == "response",
    };

    public override UsageReader CreateReader() => new ResponsesReader();
}
