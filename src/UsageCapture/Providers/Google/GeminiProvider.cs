namespace UsageCapture.Providers;

/// <summary>The generateContent method of Google's Gemini API and of Vertex AI, streamed or not.</summary>
internal sealed class GeminiProvider : UsageProvider
{
    private const string StreamedMethod = ":streamGenerateContent";

    // The members by which a response is recognized. "?" means that only the presence of the member is kept.
    // Several paths of one field are alternatives. Google's Code Assist puts the chunk into "response".
    private static readonly UsageFields RecognitionFields = new();
    private static readonly UsageField Candidate = RecognitionFields.Add("candidates[].content?", "candidates[].finishReason?");
    private static readonly UsageField Usage = RecognitionFields.Add("usageMetadata?", "response.usageMetadata?");
    private static readonly UsageField ModelVersion = RecognitionFields.Add("modelVersion?", "response.modelVersion?");

    public override string Protocol => "gemini-generate";

    public override UsageFields ResponseFields => RecognitionFields;

    public override bool Matches(Uri address) =>
        AddressParts.EndsWith(address, ":generateContent") || AddressParts.EndsWith(address, StreamedMethod);

    public override UsageEndpoint Describe(Uri address) =>
        GoogleEndpoint.Describe(address, "generate_content") with { Streaming = AddressParts.EndsWith(address, StreamedMethod) };

    // Each of the three members may occur in another API, but two of them together occur only in Google's.
    public override bool MatchesResponse(UsageDocument document)
    {
        bool hasCandidate = document.Has(Candidate);
        bool hasUsage = document.Has(Usage);
        bool hasModelVersion = document.Has(ModelVersion);
        return (hasCandidate && hasUsage) || (hasCandidate && hasModelVersion) || (hasUsage && hasModelVersion);
    }

    public override UsageReader CreateReader() => new GeminiReader();
}
