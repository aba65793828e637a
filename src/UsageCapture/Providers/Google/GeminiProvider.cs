namespace UsageCapture.Providers;

/// <summary>Google's generateContent, at the Gemini API and at Vertex AI. Its <c>:countTokens</c> uses no tokens and is not captured.</summary>
internal sealed class GeminiProvider : UsageProvider
{
    private const string Streamed = ":streamGenerateContent";

    // The members by which a response is recognised. "?": only presence is noted. Several paths of one field are alternatives.
    private static readonly UsageFields ShapeFields = new();
    private static readonly UsageField Candidate = ShapeFields.Add("candidates[].content?", "candidates[].finishReason?");
    private static readonly UsageField Usage = ShapeFields.Add("usageMetadata?", "response.usageMetadata?");
    private static readonly UsageField ModelVersion = ShapeFields.Add("modelVersion?", "response.modelVersion?");

    public override string Protocol => "gemini-generate";

    public override UsageFields ResponseFields => ShapeFields;

    public override bool Matches(Uri address) => AddressParts.EndsWith(address, ":generateContent") || AddressParts.EndsWith(address, Streamed);

    public override UsageEndpoint Describe(Uri address) =>
        GoogleEndpoint.Describe(address, "generate_content") with { Streaming = AddressParts.EndsWith(address, Streamed) };

    // Other APIs may have a list of candidates. Two of the three signs together are Google's.
    public override bool MatchesResponse(UsageDocument document)
    {
        bool hasCandidate = document.Has(Candidate);
        return document.Has(Usage) ? hasCandidate || document.Has(ModelVersion) : hasCandidate && document.Has(ModelVersion);
    }

    public override UsageReader CreateReader() => new GeminiReader();
}
