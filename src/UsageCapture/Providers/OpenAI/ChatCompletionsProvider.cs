namespace UsageCapture.Providers;

/// <summary>OpenAI's Chat Completions, at OpenAI, Azure and all other servers of that API.</summary>
internal sealed class ChatCompletionsProvider : UsageProvider
{
    private static readonly UsageFields Response = new();
    private static readonly UsageField ObjectName = Response.Add("object");
    private static readonly UsageField Model = Response.Add("model?");
    private static readonly UsageField ChatContent = Response.Add("choices[].delta?", "choices[].message?", "prompt_filter_results?");

    public override string Protocol => "openai-chat";

    public override UsageRequestOption RequestOption => StreamOptions.IncludeUsage;

    public override UsageFields ResponseFields => Response;

    public override bool Matches(Uri address) => IsChatPath(address);

    public override UsageEndpoint Describe(Uri address) => OpenAIEndpoint.Describe(address, "chat");

    public override bool AcceptsRequestOption(UsageEndpoint endpoint) => StreamOptions.IsAcceptedBy(endpoint);

    // Many servers leave the object's name out or empty. Azure's filter results may be the first chunk of a legacy completion, too.
    public override bool MatchesResponse(UsageDocument document) => document.GetText(ObjectName) switch
    {
        null => document.Has(ChatContent) && document.Has(Model),
        string name => name.StartsWith("chat.completion", StringComparison.Ordinal)
            || (name != CompletionsProvider.ResponseObject && document.Has(ChatContent) && document.Has(Model)),
    };

    public override UsageReader CreateReader() => new ChatCompletionsReader();

    /// <summary>Gets whether the path is one of chat completions, so that it is not one of legacy completions.</summary>
    public static bool IsChatPath(Uri address) =>
        AddressParts.EndsWith(address, "/chat/completions")
        || AddressParts.EndsWith(address, "/agents/completions") // Mistral's agents
        || AddressParts.EndsWith(address, "/text/chatcompletion_v2") // MiniMax
        || (AddressParts.EndsWith(address, "/v1/chat") && ProviderNames.IsAt(address, "writer.com"));
}
