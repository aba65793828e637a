namespace UsageCapture.Providers;

/// <summary>
/// OpenAI's legacy completions. The format is that of chat completions, except that a choice has a text instead of a message.
/// </summary>
internal sealed class CompletionsProvider : UsageProvider
{
    /// <summary>The value of the response's <c>object</c> member.</summary>
    public const string TextCompletionObject = "text_completion";

    // The members by which a response is recognized. "?": only the presence of the value is noted.
    private static readonly UsageFields RecognitionFields = new();
    private static readonly UsageField ObjectName = RecognitionFields.Add("object");
    private static readonly UsageField Model = RecognitionFields.Add("model?");
    private static readonly UsageField Text = RecognitionFields.Add("choices[].text?");

    public override string Protocol => "openai-completions";

    public override UsageRequestOption RequestOption => StreamOptions.IncludeUsage;

    public override UsageFields ResponseFields => RecognitionFields;

    internal override string[] InputMembers => ["prompt"];

    public override bool Matches(Uri address) =>
        AddressParts.EndsWith(address, "/completions") && !ChatCompletionsProvider.IsChatPath(address);

    public override UsageEndpoint Describe(Uri address) => OpenAIEndpoint.Describe(address, "text_completion");

    // Writer streams the text without JSON around it, so such a stream cannot have usage.
    public override bool AcceptsRequestOption(UsageEndpoint endpoint) =>
        endpoint.Provider != ProviderNames.Writer && StreamOptions.IsAcceptedBy(endpoint);

    // A choice with both a text and a message is a chat choice. It does not get here, because BuiltInProviders asks
    // ChatCompletionsProvider first.
    public override bool MatchesResponse(UsageDocument document) =>
        document.GetText(ObjectName) == TextCompletionObject || (document.Has(Text) && document.Has(Model));

    public override UsageReader CreateReader() => new ChatCompletionsReader();
}
