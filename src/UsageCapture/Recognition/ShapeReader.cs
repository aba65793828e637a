using UsageCapture.Decoding;

namespace UsageCapture.Recognition;

/// <summary>Tells by the shape of a response whose protocol it speaks, where the path of the request says nothing.</summary>
/// <remarks>
/// One member that others use too is never enough: plenty of APIs have an <c>object</c>, a <c>type</c> or a list of
/// <c>candidates</c>. What is not certainly one of these is none.
/// </remarks>
internal sealed class ShapeReader : IDocumentHandler
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
        ("data", JsonShape.Array(JsonShape.Object(
            ("embedding", JsonShape.Presence(Slot.Embedding)),
            ("data", JsonShape.Array(JsonShape.Object(("embedding", JsonShape.Presence(Slot.Embedding))))),
            ("b64_json", JsonShape.Presence(Slot.Image)),
            ("url", JsonShape.Presence(Slot.Image))))),
        ("embeddings", JsonShape.Presence(Slot.Embeddings)),
        ("prompt_eval_count", JsonShape.Presence(Slot.PromptEvalCount)),
        ("message", JsonShape.Object(
            ("model", JsonShape.Presence(Slot.MessageModel)),
            ("role", JsonShape.Presence(Slot.MessageRole)))),
        ("response", JsonShape.Object(
            ("object", JsonShape.Text(Slot.ResponseObject)),
            ("usageMetadata", JsonShape.Presence(Slot.UsageMetadata)),
            ("modelVersion", JsonShape.Presence(Slot.ModelVersion)))),
        ("candidates", JsonShape.Array(JsonShape.Object(
            ("content", JsonShape.Presence(Slot.Candidate)),
            ("finishReason", JsonShape.Presence(Slot.Candidate))))),
        ("usageMetadata", JsonShape.Presence(Slot.UsageMetadata)),
        ("modelVersion", JsonShape.Presence(Slot.ModelVersion)),
        ("done", JsonShape.Presence(Slot.Done)),
        ("created_at", JsonShape.Presence(Slot.CreatedAt)),
        ("stopReason", JsonShape.Presence(Slot.StopReason)),
        ("meta", JsonShape.Object(("billed_units", JsonShape.Presence(Slot.BilledUnits)))),
        ("token_count", JsonShape.Object(("billed_tokens", JsonShape.Presence(Slot.BilledUnits)))),
        ("model_id", JsonShape.Presence(Slot.ModelId)),
        ("results", JsonShape.Array(JsonShape.Object(("generated_token_count", JsonShape.Presence(Slot.GeneratedTokens))))),
        ("delta", JsonShape.Object(("message", JsonShape.Presence(Slot.DeltaMessage)))),
        ("usage", JsonShape.Object(
            ("inputTokens", JsonShape.Presence(Slot.ConverseUsage)),
            ("input_tokens_details", JsonShape.Presence(Slot.InputTokensDetails)),
            ("billed_units", JsonShape.Presence(Slot.BilledUnits)))));

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
        // Who is found to speak here reads the body once more, and sees what is odd.
    }

    public void TakeError(UsageError error)
    {
        // As above.
    }

    private static string? ProtocolOf(JsonCaptures document)
    {
        string name = JsonValue.GetText(document.Last(Slot.ObjectName), MaxText) ?? "";
        string type = JsonValue.GetText(document.Last(Slot.Type), MaxText) ?? "";
        bool Has(int slot) => document.Has(slot);
        bool Begins(string beginning) => type.StartsWith(beginning, StringComparison.Ordinal);
        return true switch
        {
            _ when name.StartsWith("chat.completion", StringComparison.Ordinal) => "openai-chat",
            _ when name == "text_completion" => "openai-completions",
            _ when name == "conversation.response" || Begins("conversation.response.") => "mistral-conversations",
            _ when name == "response.compaction" || (name == "response" && Has(Slot.Model)) => "openai-responses",
            _ when name == "thread.run" && Has(Slot.Model) => "openai-runs",
            _ when Begins("response.") && JsonValue.TextEquals(document.Last(Slot.ResponseObject), "response") => "openai-responses",
            _ when Begins("image_generation.") || Begins("image_edit.") => "openai-images",
            _ when Begins("transcript.text.") || Begins("speech.audio.") => "openai-audio",
            _ when Begins("interaction.") => "gemini-interactions",
            _ when type is "message-start" or "message-end" && Has(Slot.DeltaMessage) => "cohere",
            _ when type == "message" && Has(Slot.Role) && Has(Slot.Model) => "anthropic-messages",
            _ when type == "message_start" && Has(Slot.MessageModel) && Has(Slot.MessageRole) => "anthropic-messages",
            _ when Has(Slot.Embedding) && Has(Slot.Model) => "openai-embeddings",
            _ when Has(Slot.Image) && Has(Slot.InputTokensDetails) => "openai-images",
            _ when Has(Slot.UsageMetadata) && (Has(Slot.Candidate) || Has(Slot.ModelVersion)) => "gemini-generate",
            _ when Has(Slot.Candidate) && Has(Slot.ModelVersion) => "gemini-generate",
            _ when Has(Slot.ChatChoice) && Has(Slot.Model) => "openai-chat",
            _ when Has(Slot.TextChoice) && Has(Slot.Model) => "openai-completions",
            _ when Has(Slot.Model) && ((Has(Slot.Done) && Has(Slot.CreatedAt)) || (Has(Slot.Embeddings) && Has(Slot.PromptEvalCount))) => "ollama",
            _ when Has(Slot.StopReason) && Has(Slot.ConverseUsage) => "bedrock-converse",
            _ when Has(Slot.BilledUnits) => "cohere",
            _ when Has(Slot.ModelId) && Has(Slot.GeneratedTokens) => "watsonx-generation",
            _ => null,
        };
    }

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
        public const int Image = 17;
        public const int Embeddings = 18;
        public const int PromptEvalCount = 19;
        public const int BilledUnits = 20;
        public const int DeltaMessage = 21;
        public const int InputTokensDetails = 22;
        public const int ModelId = 23;
        public const int GeneratedTokens = 24;
    }
}
