using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>Google's Interactions API, streamed or not. One interaction is one request and the model's answer.</summary>
internal sealed class GeminiInteractionsProvider : UsageProvider
{
    // The member by which an event of a stream is recognized. A body is recognized by its address alone.
    private static readonly UsageFields RecognitionFields = new();
    private static readonly UsageField EventType = RecognitionFields.Add("event_type");

    public override string Protocol => "gemini-interactions";

    public override UsageFields ResponseFields => RecognitionFields;

    internal override string[] InputMembers => ["input"];

    // At Google's host, any version matches. "interactions" is a common word, so at other hosts /v1beta/ must come before it.
    public override bool Matches(Uri address) =>
        AddressParts.EndsWith(address, "/v1beta/interactions")
        || (AddressParts.EndsWith(address, "/interactions") && ProviderNames.IsInDomain(address, "googleapis.com"));

    public override UsageEndpoint Describe(Uri address) => GoogleEndpoint.Describe(address, "generate_content");

    public override bool MatchesResponse(UsageDocument document) => document[EventType].StartsWith("\"interaction."u8);

    public override UsageReader CreateReader() => new GeminiInteractionsReader();
}
