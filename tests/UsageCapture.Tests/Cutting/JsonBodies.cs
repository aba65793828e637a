namespace UsageCapture.Tests.Cutting;

/// <summary>JSON documents, arrays and lines that go on after the one that ends them.</summary>
internal static class JsonBodies
{
    private const string Json = "application/json";
    private const string Lines = "application/x-ndjson";
    private const string Messages = "https://api.anthropic.com/v1/messages";
    private const string Responses = "https://api.openai.com/v1/responses";
    private const string Embeddings = "https://api.openai.com/v1/embeddings";
    private const string Gemini = "https://generativelanguage.googleapis.com/v1beta/models/m:streamGenerateContent";
    private const string Ollama = "http://localhost:11434/api/chat";
    private const string CohereV1 = "https://api.cohere.com/v1/chat";
    private const string CohereV2 = "https://api.cohere.com/v2/chat";
    private const string Garbage = "\n}]x{\"";

    public static IEnumerable<NamedBody> All =>
    [
        NamedBody.Ended("Messages JSON: two documents", Messages, Json, Message(7), Message(1000), input: 7),
        NamedBody.Ended("Messages JSON: a document, then garbage", Messages, Json, Message(7), Garbage, input: 7),
        NamedBody.Ended("Responses JSON: two documents", Responses, Json, Response(7), "\n" + Response(1000), input: 7),
        NamedBody.Ended("embeddings: two documents", Embeddings, Json, Embedding(7), Embedding(1000), input: 7),
        NamedBody.Ended("embeddings: a document, then an array", Embeddings, Json, Embedding(7), $"[{Embedding(1000)}]", input: 7),

        NamedBody.Ended("Gemini array: then an object", Gemini, Json, $"[{Candidate(5)},\r\n{Candidate(7)}\n]", "\n" + Candidate(1000), input: 7),
        NamedBody.Ended("Gemini array: then another array", Gemini, Json, $"[{Candidate(5)},{Candidate(7)}]", $"[{Candidate(1000)}]", input: 7),
        NamedBody.Ended("Gemini array: then a comma and an object", Gemini, Json, $"[{Candidate(5)},{Candidate(7)}]", $",{Candidate(1000)}", input: 7),
        NamedBody.Ended("Gemini array: then garbage", Gemini, Json, $"[{Candidate(5)},{Candidate(7)}]", Garbage, input: 7),
        NamedBody.Ended("Gemini array: then an error", Gemini, Json, $"[{Candidate(7)}]", """{"error":{"code":503,"status":"UNAVAILABLE"}}""", input: 7),
        NamedBody.Open("Gemini array without usage: then an object with usage twice", Gemini, Json, $"[{Candidate(null)}]{Candidate(7)}{Candidate(1000)}"),
        NamedBody.Open("Gemini: objects one after another", Gemini, Json, $"{Candidate(5)}\n{Candidate(7)}\n{Candidate(1000)}"),
        NamedBody.Open("Gemini array: garbage between its objects", Gemini, Json, $"[{Candidate(5)}x{Candidate(7)}]"),
        NamedBody.Open("Gemini array: a nested array", Gemini, Json, $"[[{Candidate(5)}],{Candidate(7)}]"),

        .. Framed("Ollama: two ends", Ollama, Text() + Finish(7), Finish(1000)),
        .. Framed("Ollama: the end, then another answer", Ollama, Text() + Finish(7), Text() + Finish(1000)),
        .. Framed("Ollama: the end, then garbage", Ollama, Text() + Finish(7), Garbage),
        .. Framed("Ollama: the end, then an error", Ollama, Text() + Finish(7), "{\"error\":\"no\"}\n"),
        .. Framed("Ollama: the end, then a broken line", Ollama, Text() + Finish(7), "{\"done\":true,\"prompt_eval_count\":"),
        .. Framed("Ollama: only the end, then another", Ollama, Finish(7), Finish(1000)),
        .. Open("Ollama: an end without counts, then two with counts", Ollama, Text() + Finish(null) + Finish(7) + Finish(1000)),
        .. Open("Ollama: an error, then an end", Ollama, Text() + "{\"error\":\"no\"}\n" + Finish(7)),

        .. Framed("Cohere v1: two ends", CohereV1, StreamStart(1) + StreamEnd(7), StreamEnd(1000)),
        .. Framed("Cohere v1: the end, then another stream", CohereV1, StreamStart(1) + StreamEnd(7), StreamStart(2) + StreamEnd(1000)),
        .. Framed("Cohere v1: the end, then garbage", CohereV1, StreamStart(1) + StreamEnd(7), Garbage),
        .. Open("Cohere v1: an end without counts, then two with counts", CohereV1, StreamStart(1) + StreamEnd(null) + StreamEnd(7) + StreamEnd(1000)),
        NamedBody.Ended("Cohere JSON: two documents", CohereV2, Json, CohereAnswer(7), CohereAnswer(1000), input: 7),
    ];

    /// <summary>Makes the same objects as JSON lines, and as JSON by a content type that is wrong.</summary>
    private static IEnumerable<NamedBody> Framed(string name, string url, string settled, string rest) =>
    [
        NamedBody.Ended(name + ", as lines", url, Lines, settled, rest, input: 7),
        NamedBody.Ended(name + ", as JSON", url, Json, settled, rest, input: 7),
    ];

    private static IEnumerable<NamedBody> Open(string name, string url, string body) =>
        [NamedBody.Open(name + ", as lines", url, Lines, body), NamedBody.Open(name + ", as JSON", url, Json, body)];

    private static string Message(int input) =>
        $$"""{"id":"msg_{{input}}","type":"message","role":"assistant","model":"m{{input}}","content":[],"stop_reason":"end_turn","usage":{"input_tokens":{{input}},"output_tokens":3} }""";

    private static string Response(int input) =>
        $$$"""{"id":"resp_{{{input}}}","object":"response","status":"completed","error":null,"model":"m{{{input}}}","output":[],"usage":{"input_tokens":{{{input}}},"output_tokens":3,"total_tokens":{{{input + 3}}} }}""";

    private static string Embedding(int input) =>
        $$"""{"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.5,1]}],"model":"m{{input}}","usage":{"prompt_tokens":{{input}},"total_tokens":{{input}} } }""";

    private static string Candidate(int? input) =>
        $$$"""{"candidates":[{"content":{"parts":[{"text":"Hi"}]},"finishReason":"STOP","index":0}],{{{UsageMetadata(input)}}}"modelVersion":"m","responseId":"r1"}""";

    private static string UsageMetadata(int? input) =>
        input is { } tokens ? $$"""
            "usageMetadata":{"promptTokenCount":{{tokens}},"candidatesTokenCount":3,"totalTokenCount":{{tokens + 3}} },
            """ : "";

    private static string Text() => """
        {"model":"m","created_at":"2026-01-01T00:00:00Z","message":{"role":"assistant","content":"Hi"},"done":false}

        """;

    private static string Finish(int? input) => $$"""
        {"model":"m","created_at":"2026-01-01T00:00:00Z","message":{"role":"assistant","content":""},"done":true,"done_reason":"stop"{{(input is { } tokens ? $",\"prompt_eval_count\":{tokens},\"eval_count\":3" : "")}} }

        """;

    private static string StreamStart(int id) => $$"""
        {"is_finished":false,"event_type":"stream-start","generation_id":"c0-{{id}}"}

        """;

    private static string StreamEnd(int? input) => $$$"""
        {"is_finished":true,"event_type":"stream-end","response":{"generation_id":"c0-1","finish_reason":"COMPLETE"{{{Meta(input)}}} },"finish_reason":"COMPLETE"}

        """;

    private static string Meta(int? input) =>
        input is { } tokens ? $$$""","meta":{"tokens":{"input_tokens":{{{tokens}}},"output_tokens":3}}""" : "";

    private static string CohereAnswer(int input) =>
        $$$"""{"id":"c0-{{{input}}}","finish_reason":"COMPLETE","message":{"role":"assistant","content":[]},"usage":{"tokens":{"input_tokens":{{{input}}},"output_tokens":3}} }""";
}
