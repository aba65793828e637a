namespace UsageCapture.Providers;

/// <summary>OpenAI's legacy completions. Chunks and usage are those of chat completions, with texts in place of messages.</summary>
internal sealed class CompletionsProvider : UsageProvider
{
    /// <summary>The value of <c>object</c> in every response.</summary>
    public const string ResponseObject = "text_completion";

    private static readonly UsageFields Response = new();
    private static readonly UsageField ObjectName = Response.Add("object");
    private static readonly UsageField Model = Response.Add("model?");
    private static readonly UsageField Text = Response.Add("choices[].text?");

    public override string Protocol => "openai-completions";

    public override UsageRequestOption RequestOption => StreamOptions.IncludeUsage;

    public override UsageFields ResponseFields => Response;

    public override bool Matches(Uri address) =>
        AddressParts.EndsWith(address, "/completions") && !ChatCompletionsProvider.IsChatPath(address);

    public override UsageEndpoint Describe(Uri address) => OpenAIEndpoint.Describe(address, "text_completion");

    // Writer's streams are bare words without usage.
    public override bool AcceptsRequestOption(UsageEndpoint endpoint) =>
        endpoint.Provider != ProviderNames.Writer && StreamOptions.IsAcceptedBy(endpoint);

    // A choice that has a text and a message is one of chat completions, which are asked first.
    public override bool MatchesResponse(UsageDocument document) =>
        document.GetText(ObjectName) == ResponseObject || (document.Has(Text) && document.Has(Model));

    public override UsageReader CreateReader() => new ChatCompletionsReader();
}
