using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>Tells by the shape of a response whose protocol it speaks, where the path of the request says nothing.</summary>
/// <remarks>
/// One member that others use too is never enough: plenty of APIs have an <c>object</c>, a <c>type</c> or a list of
/// <c>candidates</c>. What is not certainly one of these is none.
/// </remarks>
internal sealed class ShapeReader : IDocumentReader
{
    private const int MaxText = 64;

    private static readonly JsonShape Signs = JsonShape.Object(
        ("object", JsonShape.Text(Slot.ObjectName)),
        ("type", JsonShape.Text(Slot.Type)),
        ("event_type", JsonShape.Text(Slot.Type)),
        ("model", JsonShape.Presence(Slot.Model)),
        ("role", JsonShape.Presence(Slot.Role)),
        ("choices", JsonShape.Array(JsonShape.Object(
            ("delta", JsonShape.Presence(Slot.ChatChoice)),
            ("message", JsonShape.Presence(Slot.ChatChoice)),
            ("text", JsonShape.Presence(Slot.TextChoice))))),
        ("prompt_filter_results", JsonShape.Presence(Slot.ChatChoice)),
        ("data", JsonShape.Array(JsonShape.Object(("embedding", JsonShape.Presence(Slot.Embedding))))),
        ("message", JsonShape.Object(
            ("model", JsonShape.Presence(Slot.MessageModel)),
            ("role", JsonShape.Presence(Slot.MessageRole)))),
        ("response", JsonShape.Object(
            ("object", JsonShape.Text(Slot.ResponseObject)))),
        ("candidates", JsonShape.Array(JsonShape.Object(
            ("content", JsonShape.Presence(Slot.Candidate)),
            ("finishReason", JsonShape.Presence(Slot.Candidate))))),
        ("usageMetadata", JsonShape.Presence(Slot.UsageMetadata)),
        ("modelVersion", JsonShape.Presence(Slot.ModelVersion)),
        ("done", JsonShape.Presence(Slot.Done)),
        ("created_at", JsonShape.Presence(Slot.CreatedAt)),
        ("stopReason", JsonShape.Presence(Slot.StopReason)),
        ("usage", JsonShape.Object(
            ("inputTokens", JsonShape.Presence(Slot.ConverseUsage)))));

    /// <summary>Gets the protocol; null as long as nothing tells it.</summary>
    public string? Protocol { get; private set; }

    public JsonShape Shape => Signs;

    public ReadOnlySpan<byte> Terminator => default;

    public bool HasEnded { get; private set; }

    public bool Read(JsonCaptures document)
    {
        Protocol ??= ProtocolOf(document);
        return true;
    }

    public void End() => HasEnded = true;

    public void Flag(UsageAnomalies anomalies)
    {
    }

    private static string? ProtocolOf(JsonCaptures document)
    {
        string name = JsonValue.GetText(document.Last(Slot.ObjectName), MaxText) ?? "";
        string type = JsonValue.GetText(document.Last(Slot.Type), MaxText) ?? "";
        return true switch
        {
            _ when name.StartsWith("chat.completion", StringComparison.Ordinal) => "openai-chat",
            _ when name == "text_completion" => "openai-completions",
            _ when name is "response" or "response.compaction" && document.Has(Slot.Model) => "openai-responses",
            _ when type.StartsWith("response.", StringComparison.Ordinal) && IsText(document.Last(Slot.ResponseObject), "response") => "openai-responses",
            _ when document.Has(Slot.Embedding) && document.Has(Slot.Model) => "openai-embeddings",
            _ when type == "message" && document.Has(Slot.Role) && document.Has(Slot.Model) => "anthropic-messages",
            _ when type == "message_start" && document.Has(Slot.MessageModel) && document.Has(Slot.MessageRole) => "anthropic-messages",
            _ when document.Has(Slot.Candidate) && (document.Has(Slot.UsageMetadata) || document.Has(Slot.ModelVersion)) => "gemini-generate",
            _ when document.Has(Slot.ChatChoice) && document.Has(Slot.Model) => "openai-chat",
            _ when document.Has(Slot.TextChoice) && document.Has(Slot.Model) => "openai-completions",
            _ when document.Has(Slot.Done) && document.Has(Slot.Model) && document.Has(Slot.CreatedAt) => "ollama",
            _ when document.Has(Slot.StopReason) && document.Has(Slot.ConverseUsage) => "bedrock-converse",
            _ => null,
        };
    }

    private static bool IsText(ReadOnlySpan<byte> json, string text) => JsonValue.TextEquals(json, text);

    private static class Slot
    {
        public const int ObjectName = 0;
        public const int Type = 1;
        public const int Model = 2;
        public const int Role = 3;
        public const int ChatChoice = 4;
        public const int TextChoice = 5;
        public const int Embedding = 6;
        public const int MessageModel = 7;
        public const int MessageRole = 8;
        public const int ResponseObject = 9;
        public const int Candidate = 10;
        public const int UsageMetadata = 11;
        public const int ModelVersion = 12;
        public const int Done = 13;
        public const int CreatedAt = 14;
        public const int StopReason = 15;
        public const int ConverseUsage = 16;
    }
}
