using UsageCapture.Testing;

namespace UsageCapture.Tests.Cutting;

/// <summary>Server-sent events of the other APIs that go on after the event that ends them.</summary>
internal static class EventBodies
{
    private const string Sse = "text/event-stream";
    private const string Responses = "https://api.openai.com/v1/responses";
    private const string Messages = "https://api.anthropic.com/v1/messages";
    private const string Cohere = "https://api.cohere.com/v2/chat";
    private const string Gemini = "https://generativelanguage.googleapis.com/v1beta/models/m:streamGenerateContent?alt=sse";
    private const string Completions = "https://api.openai.com/v1/completions";
    private const string Done = "data: [DONE]\n\n";

    private const string ResponsesError = "event: error\ndata: {\"type\":\"error\",\"code\":\"overloaded\",\"message\":\"No.\",\"param\":null}\n\n";
    private const string MessagesError = "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"No.\"}}\n\n";
    private const string MessageStop = "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n";
    private const string MessageStartWithoutUsage =
        "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"msg_1\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"m\"}}\n\n";

    private static readonly string CohereStream = Text("cohere-stream");

    public static IEnumerable<NamedBody> All =>
    [
        EndedResponses("response.completed, then another stream", ResponseCreated(1) + Response("completed", 7), ResponseCreated(2) + Response("completed", 1000)),
        EndedResponses("response.completed, then response.completed", ResponseCreated(1) + Response("completed", 7), Response("completed", 1000)),
        EndedResponses("response.completed, then response.failed", ResponseCreated(1) + Response("completed", 7), Response("failed", 1000)),
        EndedResponses("response.completed, then an error", ResponseCreated(1) + Response("completed", 7), ResponsesError),
        EndedResponses("response.completed, then [DONE]", ResponseCreated(1) + Response("completed", 7), Done),
        EndedResponses("response.completed, then garbage", ResponseCreated(1) + Response("completed", 7), "data: {broken\n\nx"),
        EndedResponses("response.incomplete, then response.completed", ResponseCreated(1) + Response("incomplete", 7), Response("completed", 1000)),
        EndedResponses("response.failed, then response.completed", ResponseCreated(1) + Response("failed", 7), Response("completed", 1000)),
        EndedResponses(
            "usage after response.completed, then response.completed",
            ResponseCreated(1) + Response("completed", null) + Response("completed", 7),
            Response("completed", 1000),
            anomalies: null),
        Open("Responses: response.completed without usage, then an error", Responses, ResponseCreated(1) + Response("completed", null) + ResponsesError),
        Open("Responses: [DONE], then response.completed twice", Responses, ResponseCreated(1) + Done + Response("completed", 7) + Response("completed", 1000)),

        EndedMessages("message_stop, then usage", Message(7), MessageDelta(1000)),
        EndedMessages("message_stop, then another message", Message(7), Message(1000)),
        EndedMessages("message_stop, then an error", Message(7), MessagesError),
        EndedMessages("message_stop, then [DONE]", Message(7), Done),
        EndedMessages("message_stop, then garbage", Message(7), "event: message_delta\ndata: {broken\n\n"),
        EndedMessages("message_stop, then message_stop and usage", Message(7), MessageStop + MessageDelta(1000)),
        EndedMessages(
            "usage after message_stop, then other usage", MessageStartWithoutUsage + MessageStop + MessageDelta(7), MessageDelta(1000), anomalies: null),
        Open("Messages: message_stop without usage, then another message", Messages, MessageStartWithoutUsage + MessageStop + Message(7) + Message(1000)),
        Open("Messages: [DONE] instead of message_stop, then a message", Messages, MessageStart(7) + MessageDelta(7) + Done + Message(1000)),
        Open("Messages: an error, then a message", Messages, MessageStart(7) + MessagesError + Message(1000)),

        NamedBody.Ended("Cohere: message-end, then another stream", Cohere, Sse, CohereStream[..^Done.Length], Done + CohereStream, input: 212),
        NamedBody.Ended("Cohere: message-end, then message-end", Cohere, Sse, CohereStream[..^Done.Length], CohereEnd(1000), input: 212),
        Open("Cohere: message-end without usage, then two with usage", Cohere, CohereEnd(null) + CohereEnd(7) + CohereEnd(1000)),

        NamedBody.Ended("completions: [DONE], then usage", Completions, Sse, CompletionUsage(7) + Done, CompletionUsage(1000), input: 7, anomalies: null),
        Open("completions: [DONE] without usage, then usage twice", Completions, Done + CompletionUsage(7) + CompletionUsage(1000)),

        Open("Gemini: two streams", Gemini, Text("gemini-stream") + Text("gemini-stream-several-candidates")),
        Open("Gemini: a stream, then an error", Gemini, Text("gemini-stream") + Text("gemini-stream-bare-error")),
    ];

    private static string Text(string name) => System.Text.Encoding.UTF8.GetString(Recordings.Get(name).Body.Span);

    private static string ResponseCreated(int id) => $$$"""
        event: response.created
        data: {"type":"response.created","response":{"id":"resp_{{{id}}}","object":"response","status":"in_progress","model":"m{{{id}}}","usage":null}}


        """;

    private static string Response(string status, int? input) => $$$"""
        event: response.{{{status}}}
        data: {"type":"response.{{{status}}}","response":{"id":"resp_1","object":"response","status":"{{{status}}}","error":null,"model":"m1","output":[],"usage":{{{ResponseUsage(input)}}} }}


        """;

    private static string ResponseUsage(int? input) =>
        input is { } tokens ? $$"""{"input_tokens":{{tokens}},"output_tokens":3,"total_tokens":{{tokens + 3}} }""" : "null";

    private static string Message(int input) => MessageStart(input) + MessageDelta(input) + MessageStop;

    private static string MessageStart(int input) => $$$"""
        event: message_start
        data: {"type":"message_start","message":{"id":"msg_{{{input}}}","type":"message","role":"assistant","model":"m{{{input}}}","content":[],"usage":{"input_tokens":{{{input}}},"output_tokens":1}} }


        """;

    private static string MessageDelta(int input) => $$$"""
        event: message_delta
        data: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"input_tokens":{{{input}}},"output_tokens":3}}


        """;

    private static string CohereEnd(int? input) => $$$"""
        event: message-end
        data: {"type":"message-end","delta":{"finish_reason":"COMPLETE"{{{CohereUsage(input)}}} }}


        """;

    private static string CohereUsage(int? input) =>
        input is { } tokens ? $$$""","usage":{"tokens":{"input_tokens":{{{tokens}}},"output_tokens":3}}""" : "";

    private static string CompletionUsage(int input) => $$$"""
        data: {"id":"cmpl-1","object":"text_completion","model":"m","choices":[],"usage":{"prompt_tokens":{{{input}}},"completion_tokens":3,"total_tokens":{{{input + 3}}} }}


        """;

    private static NamedBody EndedResponses(string name, string settled, string rest, UsageAnomalies? anomalies = UsageAnomalies.None) =>
        NamedBody.Ended("Responses: " + name, Responses, Sse, settled, rest, input: 7, anomalies);

    private static NamedBody EndedMessages(string name, string settled, string rest, UsageAnomalies? anomalies = UsageAnomalies.None) =>
        NamedBody.Ended("Messages: " + name, Messages, Sse, settled, rest, input: 7, anomalies);

    private static NamedBody Open(string name, string url, string body) => NamedBody.Open(name, url, Sse, body);
}
