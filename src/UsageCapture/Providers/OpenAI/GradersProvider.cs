namespace UsageCapture.Providers;

/// <summary>OpenAI's API that runs a grader: a model, or a comparison without one, scores an answer. It is not streamed.</summary>
internal sealed class GradersProvider : UsageProvider
{
    // The members by which a response is recognized. "?" means that only the presence of the member is kept.
    private static readonly UsageFields RecognitionFields = new();
    private static readonly UsageField Reward = RecognitionFields.Add("reward?");
    private static readonly UsageField UsageByModel = RecognitionFields.Add("model_grader_token_usage_per_model?");

    public override string Protocol => "openai-graders";

    public override UsageFields ResponseFields => RecognitionFields;

    // No other service has this path, so the address alone identifies the API. A request has no model at the top.
    public override bool Matches(Uri address) => AddressParts.EndsWith(address, "/fine_tuning/alpha/graders/run");

    public override UsageEndpoint Describe(Uri address) => OpenAIEndpoint.Describe(address, "grade");

    public override bool MatchesResponse(UsageDocument document) => document.Has(Reward) && document.Has(UsageByModel);

    public override UsageReader CreateReader() => new GradersReader();
}
