using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

using UsageCapture.Testing;

namespace UsageCapture.TestSupport;

/// <summary>What a model answers, in the documented shapes of OpenAI and Azure, with invented values.</summary>
internal sealed class ChatAnswer(JsonElement request, bool isAzure)
{
    public const string Id = "chatcmpl-7Hq2";
    public const string Model = "gpt-5-mini-2025-08-07";
    public const string ToolName = "get_weather";

    private const int Created = 1_770_000_000;

    // The text says what a careless reader would take for usage, and has characters of more than one byte.
    private static readonly string[] TextParts = ["Grüße: ", "\"usage\":{\"prompt_tokens\":9}", ",\n\ndata: [DONE]", " 😀"];
    private static readonly JsonSerializerOptions Unescaped = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly bool _callsTool = request.TryGetProperty("tools", out _);
    private readonly int _choices = request.TryGetProperty("n", out JsonElement n) ? n.GetInt32() : 1;
    private readonly bool _includesUsage =
        request.TryGetProperty("stream_options", out JsonElement options)
        && options.TryGetProperty("include_usage", out JsonElement include)
        && include.ValueKind == JsonValueKind.True;

    public static string Text => string.Concat(TextParts);

    public static string Arguments => "{\"city\":\"Ulm\"}";

    /// <summary>Gets the counts that a record of every answer must have.</summary>
    public static TokenUsage Usage => new()
    {
        InputTokens = 120,
        CachedInputTokens = 64,
        CacheWriteTokens = 0,
        OutputTokens = 30,
        ReasoningTokens = 18,
        InputAudioTokens = 0,
        OutputAudioTokens = 0,
        AcceptedPredictionTokens = 0,
        RejectedPredictionTokens = 0,
        TotalTokens = 150,
    };

    /// <summary>Gets the usage object as it is sent.</summary>
    public static JsonObject UsageJson => new()
    {
        ["prompt_tokens"] = 120,
        ["completion_tokens"] = 30,
        ["total_tokens"] = 150,
        ["prompt_tokens_details"] = new JsonObject { ["cached_tokens"] = 64, ["cache_write_tokens"] = 0, ["audio_tokens"] = 0 },
        ["completion_tokens_details"] = new JsonObject
        {
            ["reasoning_tokens"] = 18,
            ["audio_tokens"] = 0,
            ["accepted_prediction_tokens"] = 0,
            ["rejected_prediction_tokens"] = 0,
        },
    };

    private string FinishReason => _callsTool ? "tool_calls" : "stop";

    /// <summary>Writes the answer as one document.</summary>
    public string Document()
    {
        JsonArray choices = [];
        for (int i = 0; i < _choices; i++)
        {
            choices.Add(new JsonObject { ["index"] = i, ["message"] = Message(), ["finish_reason"] = FinishReason });
        }

        var document = new JsonObject
        {
            ["id"] = Id,
            ["object"] = "chat.completion",
            ["created"] = Created,
            ["model"] = Model,
            ["choices"] = choices,
            ["usage"] = UsageJson,
            ["service_tier"] = "default",
        };
        if (isAzure)
        {
            document["prompt_filter_results"] = new JsonArray(new JsonObject { ["prompt_index"] = 0, ["content_filter_results"] = new JsonObject() });
        }

        return document.ToJsonString(Unescaped);
    }

    /// <summary>Makes the answer a stream, with usage only when the request asked for it.</summary>
    public Recording Streamed()
    {
        ChatStream stream = ChatStream.Create(Model);
        stream = _callsTool ? stream.ToolCall(ToolName, Arguments) : stream.Text(TextParts);
        stream = isAzure ? stream.PromptFilterResults() : stream;
        Recording plain = stream.Finish(FinishReason).Usage(prompt: 120, completion: 30).ToRecording();
        return plain.WithBody(Encoding.UTF8.GetBytes(string.Concat(plain.GetEvents().SelectMany(chunk => Dress(chunk.Span)))));
    }

    private static string Event(JsonObject chunk) => $"data: {chunk.ToJsonString(Unescaped)}\n\n";

    /// <summary>Gives a chunk what the service says in each, once for each choice that was asked for; other events stay as they are.</summary>
    private IEnumerable<string> Dress(ReadOnlySpan<byte> plain)
    {
        string text = Encoding.UTF8.GetString(plain);
        if (!text.StartsWith("data: {\"id\"", StringComparison.Ordinal))
        {
            return [text];
        }

        JsonObject chunk = JsonNode.Parse(text["data: ".Length..])!.AsObject();
        chunk["id"] = Id;
        chunk["service_tier"] = "default";
        chunk["system_fingerprint"] = null;
        chunk["obfuscation"] = "k3Jx";
        if (chunk["usage"] is not null)
        {
            chunk["usage"] = UsageJson;
            return _includesUsage ? [Event(chunk)] : [];
        }

        if (!_includesUsage)
        {
            chunk.Remove("usage");
        }

        return Enumerable.Range(0, _choices).Select(index =>
        {
            chunk["choices"]![0]!["index"] = index;
            return Event(chunk);
        });
    }

    private JsonObject Message() => _callsTool
        ? new JsonObject
        {
            ["role"] = "assistant",
            ["content"] = null,
            ["tool_calls"] = new JsonArray(new JsonObject
            {
                ["id"] = "call_1",
                ["type"] = "function",
                ["function"] = new JsonObject { ["name"] = ToolName, ["arguments"] = Arguments },
            }),
        }
        : new JsonObject { ["role"] = "assistant", ["content"] = Text };
}
