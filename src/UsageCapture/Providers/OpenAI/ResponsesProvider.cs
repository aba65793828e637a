namespace UsageCapture.Providers;

/// <summary>OpenAI's Responses, at OpenAI, Azure and everybody who speaks it.</summary>
/// <remarks>
/// Only what makes a model work is matched: not <c>/responses/input_tokens</c>, which counts, nor <c>/responses/{id}/cancel</c>. A
/// response that is asked for with <c>background</c> is answered before there is any usage; the record says so, and needs review.
/// </remarks>
internal sealed class ResponsesProvider : UsageProvider
{
    public override string Protocol => "openai-responses";

    public override bool Matches(Uri address) =>
        AddressParts.EndsWith(address, "/responses") || AddressParts.EndsWith(address, "/responses/compact");

    public override UsageEndpoint Describe(Uri address) => OpenAIEndpoint.Describe(address, "chat");

    public override UsageReader CreateReader() => new ResponsesReader();
}
