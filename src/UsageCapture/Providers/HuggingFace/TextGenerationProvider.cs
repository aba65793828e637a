namespace UsageCapture.Providers;

/// <summary>
/// The own API of Hugging Face's Text Generation Inference (TGI): <c>/generate</c>, <c>/generate_stream</c>, and the root path for both.
/// </summary>
/// <remarks>
/// Requests name no model, because the server has one. So at an unknown host only the response tells that the call is one of this API.
/// </remarks>
internal sealed class TextGenerationProvider : UsageProvider
{
    // The members by which a response is recognized. "?" means that only the presence of the member is kept.
    private static readonly UsageFields RecognitionFields = new();
    // A body may have the text only, and the counts in its headers. Only Hugging Face's servers have this name for the text.
    private static readonly UsageField Text = RecognitionFields.Add("generated_text?");

    // Each event of a stream has a token.
    private static readonly UsageField TokenProbability = RecognitionFields.Add("token.logprob?");
    private static readonly UsageField TokenIsSpecial = RecognitionFields.Add("token.special?");

    public override string Protocol => "tgi-generate";

    public override UsageFields ResponseFields => RecognitionFields;

    internal override string[] InputMembers => ["inputs"];

    // Many services have a path /generate, so it counts only at Hugging Face's own hosts.
    public override bool Matches(Uri address) =>
        IsStream(address)
        || (ProviderNames.FromAddress(address, "") == ProviderNames.HuggingFace && AddressParts.EndsWith(address, "/generate"));

    public override UsageEndpoint Describe(Uri address) => new()
    {
        Provider = ProviderNames.FromAddress(address, ProviderNames.HuggingFace),
        Operation = "text_completion",
        Streaming = IsStream(address),
    };

    public override bool MatchesResponse(UsageDocument document)
    {
        bool isEvent = document.Has(TokenProbability) && document.Has(TokenIsSpecial);
        return isEvent || document.Has(Text);
    }

    public override UsageReader CreateReader() => new TextGenerationReader();

    private static bool IsStream(Uri address) => AddressParts.EndsWith(address, "/generate_stream");
}
