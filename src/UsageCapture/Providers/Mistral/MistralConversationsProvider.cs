using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>Mistral's Conversations API: calls that start, continue or restart a conversation, with or without an agent.</summary>
internal sealed class MistralConversationsProvider : UsageProvider
{
    private const string ConversationsPath = "/v1/conversations";
    private const string RestartAction = "/restart";

    // The members by which a response is recognized.
    private static readonly UsageFields RecognitionFields = new();
    private static readonly UsageField ObjectName = RecognitionFields.Add("object");
    private static readonly UsageField Type = RecognitionFields.Add("type");

    public override string Protocol => "mistral-conversations";

    public override UsageFields ResponseFields => RecognitionFields;

    // OpenAI's Conversations API has the same path, and does not run a model. So the host must be Mistral's. At a gateway the
    // path does not match, and MatchesResponse recognizes the response.
    public override bool Matches(Uri address) =>
        ProviderNames.IsInDomain(address, "mistral.ai") && RunsModel(AddressParts.GetPath(address));

    public override UsageEndpoint Describe(Uri address) => new()
    {
        Provider = ProviderNames.FromAddress(address, ProviderNames.Mistral),
        Operation = "invoke_agent",
        Region = AddressRegion.Find(address),
    };

    public override bool MatchesResponse(UsageDocument document) =>
        JsonValue.TextEquals(document[ObjectName], "conversation.response") || document[Type].StartsWith("\"conversation.response."u8);

    public override UsageReader CreateReader() => new MistralConversationsReader();

    /// <summary>
    /// Gets whether a path is one of the three that run a model: <c>/v1/conversations</c>, which starts a conversation, with the id of one,
    /// which continues it, or with an id and <c>/restart</c>. The others, such as <c>/history</c> and <c>/messages</c>, read stored entries.
    /// </summary>
    private static bool RunsModel(ReadOnlySpan<char> path)
    {
        int start = path.IndexOf(ConversationsPath, StringComparison.OrdinalIgnoreCase);
        if (start < 0)
        {
            return false;
        }

        ReadOnlySpan<char> rest = path[(start + ConversationsPath.Length)..];
        bool isRestart = rest.EndsWith(RestartAction, StringComparison.OrdinalIgnoreCase);
        ReadOnlySpan<char> id = isRestart ? rest[..^RestartAction.Length] : rest; // With the slash before it.
        bool hasId = id.Length > 1 && id.LastIndexOf('/') == 0;
        return hasId || (id.IsEmpty && !isRestart);
    }
}
