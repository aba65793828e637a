namespace UsageCapture.Providers;

/// <summary>OpenAI's Chat Completions API, as OpenAI, Azure and many other servers offer it.</summary>
internal sealed class ChatCompletionsProvider : UsageProvider
{
    // The members by which a response is recognized. "?": only presence is noted. Several paths of one field are alternatives.
    private static readonly UsageFields RecognitionFields = new();
    private static readonly UsageField ObjectName = RecognitionFields.Add("object");
    private static readonly UsageField Model = RecognitionFields.Add("model?");

    // Azure's first chunk may have only prompt_filter_results.
    private static readonly UsageField ChatOnlyMember = RecognitionFields.Add("choices[].delta?", "choices[].message?", "prompt_filter_results?");

    public override string Protocol => "openai-chat";

    public override UsageRequestOption RequestOption => StreamOptions.IncludeUsage;

    public override UsageFields ResponseFields => RecognitionFields;

    internal override string[] InputMembers => ["messages"];

    public override bool Matches(Uri address) => IsChatPath(address);

    public override UsageEndpoint Describe(Uri address) => OpenAIEndpoint.Describe(address, "chat");

    public override bool AcceptsRequestOption(UsageEndpoint endpoint) => StreamOptions.IsAcceptedBy(endpoint);

    public override bool MatchesResponse(UsageDocument document)
    {
        string objectName = document.GetText(ObjectName) ?? "";
        if (objectName.StartsWith("chat.completion", StringComparison.Ordinal))
        {
            return true;
        }

        // Many servers have no object name or one of their own. The object name of legacy completions is excluded, because on Azure their
        // first chunk may have prompt_filter_results too.
        return objectName != CompletionsProvider.TextCompletionObject && document.Has(ChatOnlyMember) && document.Has(Model);
    }

    public override UsageReader CreateReader() => new ChatCompletionsReader();

    /// <summary>
    /// Gets whether the path is one of chat completions. Most of these paths end with <c>/completions</c>, as the path of legacy completions
    /// does.
    /// </summary>
    public static bool IsChatPath(Uri address) =>
        AddressParts.EndsWith(address, "/chat/completions")
        || AddressParts.EndsWith(address, "/agents/completions") // Mistral's agents, which answer in the same format
        || AddressParts.EndsWith(address, "/text/chatcompletion_v2") // MiniMax
        || (ProviderNames.IsInDomain(address, "writer.com") && AddressParts.EndsWith(address, "/v1/chat")); // At other hosts, /v1/chat is Cohere's API.
}
