using System.Text;
using System.Text.Json;

using UsageCapture.Tests.Decoding.EventStream;

namespace UsageCapture.Tests.RecordedResponses;

/// <summary>The event streams among the recordings of Amazon Bedrock, which no editor can write: the events they are made of.</summary>
/// <remarks>After the shapes that AWS documents, with invented values.</remarks>
internal static class BedrockStreams
{
    private const string Start = """{"p":"abcdefgh","role":"assistant"}""";
    private const string Delta = """{"contentBlockIndex":0,"delta":{"text":"Hello"},"p":"abc"}""";
    private const string Stop = """{"p":"ab","stopReason":"end_turn"}""";

    private const string MessageStart = """
        {"type":"message_start","message":{"id":"msg_bdrk_01A","type":"message","role":"assistant","model":"claude-sonnet-4-5","usage":{"input_tokens":6,"cache_creation_input_tokens":40,"cache_read_input_tokens":1200,"output_tokens":2}}}
        """;

    private const string MessageDelta = """{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hello"}}""";

    private static readonly Dictionary<string, byte[][]> Messages = new(StringComparer.Ordinal)
    {
        ["bedrock-converse-stream"] =
        [
            Event("messageStart", Start),
            Event("contentBlockDelta", Delta),
            Event("contentBlockDelta", Delta),
            Event("contentBlockStop", """{"contentBlockIndex":0,"p":"abcd"}"""),
            Event("messageStop", Stop),
            Event("metadata", """{"metrics":{"latencyMs":731},"p":"abc","serviceTier":{"type":"flex"},"usage":{"inputTokens":21,"outputTokens":9,"serverToolUsage":{},"totalTokens":30}}"""),
        ],
        ["bedrock-converse-stream-cached"] =
        [
            Event("messageStart", Start),
            Event("contentBlockDelta", Delta),
            Event("messageStop", Stop),
            Event("metadata", """{"metrics":{"latencyMs":731},"usage":{"cacheDetails":[{"inputTokens":300,"ttl":"1h"},{"inputTokens":45,"ttl":"5m"}],"cacheReadInputTokenCount":1200,"cacheReadInputTokens":1200,"cacheWriteInputTokenCount":345,"cacheWriteInputTokens":345,"inputTokens":5,"outputTokens":9,"totalTokens":1559}}"""),
        ],
        ["bedrock-converse-stream-cut-short"] =
        [
            Event("messageStart", Start),
            Event("contentBlockDelta", Delta),
            Event("messageStop", Stop),
            Event("metadata", """{"metrics":{"latencyMs":731},"usage":{"inputTokens":21,"outputTokens":9,"totalTokens":30}}""")[..^20],
        ],
        ["bedrock-converse-stream-damaged-event"] =
        [
            Event("messageStart", Start),
            Damaged(Event("contentBlockDelta", Delta)),
            Event("messageStop", Stop),
            Event("metadata", """{"usage":{"inputTokens":21,"outputTokens":9,"totalTokens":30}}"""),
        ],
        ["bedrock-converse-stream-damaged-metadata"] =
        [
            Event("messageStart", Start),
            Event("messageStop", Stop),
            Damaged(Event("metadata", """{"usage":{"inputTokens":21,"outputTokens":9,"totalTokens":30}}""")),
        ],
        ["bedrock-converse-stream-exception"] =
        [
            Event("messageStart", Start),
            Event("contentBlockDelta", Delta),
            Message("exception", ":exception-type", "throttlingException", """{"message":"Too many tokens: secret"}"""),
        ],
        ["bedrock-invoke-ai21-stream"] =
        [
            Chunk("""{"id":"chatcmpl-7a","choices":[{"index":0,"delta":{"content":"Hello"},"finish_reason":null}],"usage":{"prompt_tokens":12,"total_tokens":13,"completion_tokens":1}}"""),
            Chunk("""{"id":"chatcmpl-7a","choices":[{"index":0,"delta":{"content":""},"finish_reason":"stop","stop_reason":518}],"usage":{"prompt_tokens":12,"total_tokens":16,"completion_tokens":4}}"""),
            Chunk($$"""{{{Metrics(12, 5)}}}"""),
        ],
        ["bedrock-invoke-anthropic-stream"] =
        [
            Chunk(MessageStart),
            Chunk(MessageDelta),
            Chunk("""{"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":31}}"""),
            Chunk($$"""{"type":"message_stop",{{Metrics(6, 29, ",\"cacheReadInputTokenCount\":1200,\"cacheWriteInputTokenCount\":40")}}}"""),
        ],
        ["bedrock-invoke-anthropic-stream-cut-short"] = [Chunk(MessageStart), Chunk(MessageDelta)],
        ["bedrock-invoke-anthropic-stream-exception"] =
        [
            Chunk(MessageStart),
            Message("exception", ":exception-type", "modelStreamErrorException", """{"message":"secret","originalStatusCode":400}"""),
        ],
        ["bedrock-invoke-anthropic-stream-no-delta"] =
        [
            Chunk(MessageStart),
            Chunk($$"""{"type":"message_stop",{{Metrics(6, 29, ",\"cacheReadInputTokenCount\":1200,\"cacheWriteInputTokenCount\":40")}}}"""),
        ],
        ["bedrock-invoke-claude-text-stream"] =
        [
            Chunk("""{"type":"completion","completion":" Hello","stop_reason":null,"stop":null}"""),
            Chunk($$"""{"type":"completion","completion":"","stop_reason":"stop_sequence","stop":"\n\nHuman:",{{Metrics(16, 11)}}}"""),
        ],
        ["bedrock-invoke-cohere-stream"] =
        [
            Chunk("""{"is_finished":false,"event_type":"text-generation","text":"Hello"}"""),
            Chunk($$"""{"is_finished":true,"event_type":"stream-end","response":{"response_id":"1","meta":{"tokens":{"input_tokens":71,"output_tokens":4} } },"finish_reason":"COMPLETE",{{Metrics(7, 3)}}}"""),
        ],
        ["bedrock-invoke-damaged-chunk"] =
        [
            Event("chunk", """{"bytes":"e30*","p":"abc"}"""),
            Event("chunk", """{"bytes":"aGk=","p":"abc"}"""),
            Chunk($$"""{"outputs":[{"text":"","stop_reason":"stop"}],{{Metrics(5, 2)}}}"""),
        ],
        ["bedrock-invoke-error"] =
        [
            Chunk("""{"generation":"Hello","prompt_token_count":9,"generation_token_count":1,"stop_reason":null}"""),
            Message("error", ":error-code", "InternalError", ""),
        ],
        ["bedrock-invoke-llama-stream"] =
        [
            Chunk("""{"generation":"Hel","prompt_token_count":9,"generation_token_count":1,"stop_reason":null}"""),
            Chunk("""{"generation":"lo","prompt_token_count":null,"generation_token_count":2,"stop_reason":null}"""),
            Chunk($$"""{"generation":"","prompt_token_count":null,"generation_token_count":3,"stop_reason":"stop",{{Metrics(9, 3)}}}"""),
        ],
        ["bedrock-invoke-mistral-stream"] =
        [
            Chunk("""{"outputs":[{"text":"Hello","stop_reason":null}]}"""),
            Chunk($$"""{"outputs":[{"text":"","stop_reason":"length"}],{{Metrics(8, 64)}}}"""),
        ],
        ["bedrock-invoke-nova-stream"] =
        [
            Chunk("""{"messageStart":{"role":"assistant"}}"""),
            Chunk("""{"contentBlockDelta":{"delta":{"text":"Hello"},"contentBlockIndex":0}}"""),
            Chunk("""{"messageStop":{"stopReason":"max_tokens"}}"""),
            Chunk($$$"""{"metadata":{"usage":{"inputTokens":11,"outputTokens":3,"cacheReadInputTokenCount":64,"cacheWriteInputTokenCount":0},"metrics":{},"trace":{}},{{{Metrics(11, 3, ",\"cacheReadInputTokenCount\":64,\"cacheWriteInputTokenCount\":0")}}} }"""),
        ],
        ["bedrock-invoke-titan-stream"] =
        [
            Chunk("""{"outputText":"Hel","index":0.0,"totalOutputTextTokenCount":null,"completionReason":null,"inputTextTokenCount":14.0}"""),
            Chunk($$"""{"outputText":"lo","index":0,"totalOutputTextTokenCount":22,"completionReason":"FINISH","inputTextTokenCount":null,{{Metrics(14, 22)}}}"""),
        ],
        ["bedrock-invoke-titan-stream-blocked"] =
        [
            Chunk("""{"outputText":"Blocked","index":0.0,"totalOutputTextTokenCount":3.0,"inputTextTokenCount":6.0,"amazon-bedrock-guardrailAction":"INTERVENED"}"""),
        ],
        ["bedrock-invoke-titan-stream-no-total"] =
        [
            Chunk("""{"outputText":"Hel","index":0,"inputTextTokenCount":14,"amazon-bedrock-guardrailAction":"NONE"}"""),
            Chunk($$"""{"outputText":"lo","index":0,"completionReason":"FINISH","amazon-bedrock-guardrailAction":"NONE",{{Metrics(14, 22)}}}"""),
        ],
    };

    /// <summary>Gets the names of the recordings.</summary>
    public static IEnumerable<string> Names => Messages.Keys;

    /// <summary>Gets the bytes of one.</summary>
    public static byte[] Get(string name) => [.. Messages[name].SelectMany(message => message)];

    private static string Metrics(int input, int output, string more = "") =>
        $$"""
        "amazon-bedrock-invocationMetrics":{"inputTokenCount":{{input}},"outputTokenCount":{{output}},"invocationLatency":412,"firstByteLatency":180{{more}}}
        """;

    private static byte[] Chunk(string modelEvent) =>
        Event("chunk", JsonSerializer.Serialize(new { bytes = Convert.ToBase64String(Encoding.UTF8.GetBytes(modelEvent)), p = "abcd" }, Relaxed));

    private static JsonSerializerOptions Relaxed { get; } = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static byte[] Event(string type, string payload) => Message("event", ":event-type", type, payload);

    private static byte[] Message(string messageType, string header, string type, string payload) => new EventStreamMessage(
        [
            .. EventStreamMessage.Header(header, type),
            .. EventStreamMessage.Header(":content-type", "application/json"),
            .. EventStreamMessage.Header(":message-type", messageType),
        ],
        Encoding.UTF8.GetBytes(payload)).ToBytes();

    private static byte[] Damaged(byte[] message) => [.. message[..^1], (byte)(message[^1] ^ 1)];
}
