namespace UsageCapture.Tests.Cutting;

/// <summary>Chat completions that go on after <c>[DONE]</c>, or after their JSON document.</summary>
internal static class ChatBodies
{
    private const string Sse = "text/event-stream";

    private const string OtherUsage = """
        data: {"id":"c2","object":"chat.completion.chunk","created":1,"model":"other","choices":[],"usage":{"prompt_tokens":1000,"completion_tokens":2000,"total_tokens":3000}}


        """;

    private const string Empty = """
        data: {"object":"chat.completion.chunk","created":1,"choices":[]}


        """;

    private const string Comment = ": keep-alive\n\n";

    private static readonly string Whole = Chat.Text + Chat.Finish + Chat.Usage + Chat.Done;
    private static readonly string WithoutUsage = Chat.Text + Chat.Finish + Chat.Done;
    private static readonly string OtherStream = OtherChoice("\"index\":0") + OtherUsage + Chat.Done;
    private static readonly string Second = Chat.Text.Replace("\"index\":0", "\"index\":1", StringComparison.Ordinal);
    private static readonly string SecondFinish = Chat.Finish.Replace("\"index\":0", "\"index\":1", StringComparison.Ordinal);

    public static IEnumerable<NamedBody> All =>
    [
        Ended("chat: [DONE], then usage", Whole, OtherUsage),
        Ended("chat: [DONE], then an error", Whole, Chat.Error),
        Ended("chat: [DONE], then garbage", Whole, "data: {broken\n\n\0\u0001 no event at all"),
        Ended("chat: [DONE], then an empty chunk", Whole, Empty),
        Ended("chat: [DONE], then a comment", Whole, Comment),
        Ended("chat: [DONE], then another stream", Whole, OtherStream),
        Ended("chat: [DONE], then usage and [DONE] twice", Whole, OtherUsage + Chat.Done + OtherUsage + Chat.Done),
        Ended("chat: [DONE], then [DONE] and usage", Whole, Chat.Done + OtherUsage),
        Ended("chat: [DONE], then a chunk of a second choice", Whole, Second + SecondFinish),
        Ended("chat: [DONE], then a JSON document", Whole, Json(1000)),
        Ended("chat: [DONE] without a space, then usage", Whole.Replace("data: [", "data:[", StringComparison.Ordinal), OtherUsage),
        Ended("chat: running usage and [DONE], then usage", Chat.RunningUsage + Chat.Finish + Chat.Usage + Chat.Done, OtherUsage, anomalies: null),
        Ended("chat with CRLF: [DONE], then usage", Crlf(Whole), Crlf(OtherUsage)),
        Ended("chat with CR: [DONE], then usage", Cr(Whole), Cr(OtherUsage)),
        Ended("chat: usage after [DONE], then other usage", WithoutUsage + Chat.Usage, OtherUsage, UsageAnomalies.UsageAfterTerminator),
        Ended("chat: usage after [DONE], then [DONE] and other usage", WithoutUsage + Chat.Usage, Chat.Done + OtherUsage, UsageAnomalies.UsageAfterTerminator),
        Ended("chat: usage after [DONE], then an error", WithoutUsage + Chat.Usage, Chat.Error, UsageAnomalies.UsageAfterTerminator),
        Ended("chat: usage after [DONE], then garbage", WithoutUsage + Chat.Usage, "data: {broken\n\n", UsageAnomalies.UsageAfterTerminator),
        Ended("chat: usage after [DONE] twice, then other usage", WithoutUsage + Chat.Done + Chat.Usage, OtherUsage, UsageAnomalies.UsageAfterTerminator),
        Ended(
            "chat: usage after [DONE] and an empty chunk, then other usage",
            WithoutUsage + Empty + Chat.Usage,
            OtherUsage,
            UsageAnomalies.UsageAfterTerminator | UsageAnomalies.EmptyChunks),
        Ended("chat: usage after [DONE] and a comment, then other usage", WithoutUsage + Comment + Chat.Usage, OtherUsage, UsageAnomalies.UsageAfterTerminator),
        Open("chat: [DONE] without usage, then an error and usage", WithoutUsage + Chat.Error + Chat.Usage + OtherUsage),
        Open("chat: [DONE] without usage, then text", WithoutUsage + Chat.Text),
        Open("chat: [DONE] without usage, then garbage and usage", WithoutUsage + "data: {broken\n\n" + Chat.Usage + OtherUsage),
        Open("chat: [DONE] without usage, then another stream", WithoutUsage + OtherStream + OtherStream),
        Open("chat: usage of zeros, [DONE], usage", Chat.Text + Chat.Finish + Zeros() + Chat.Done + OtherUsage),
        Open("chat: [DONE] with a second data line, then usage", Chat.Text + Chat.Finish + Chat.Usage + "data: [DONE]\ndata: x\n\n" + OtherUsage),
        Open("chat: [DONE] without a blank line, then usage", Chat.Text + Chat.Finish + Chat.Usage + "data: [DONE]\n" + OtherUsage),
        Open("chat: [DONE] without a line end", Chat.Text + Chat.Finish + Chat.Usage + "data: [DONE]"),
        Open("chat with CR: [DONE], then LF", Cr(Whole) + "\n" + Cr(OtherUsage)),
        Open("chat with CR: [DONE] without usage, then LF and usage", Cr(WithoutUsage) + "\n" + Cr(OtherUsage)),
        Open("chat: choices one after another with usage behind each", Chat.Text + Chat.Finish + Chat.Usage + Second + SecondFinish + OtherUsage + Chat.Done),
        Open(
            "chat with CRLF: choices one after another with usage behind each",
            Crlf(Chat.Text + Chat.Finish + Chat.Usage + Second + SecondFinish + OtherUsage + Chat.Done)),
        Open(
            "chat: choices one after another with usage behind each, [DONE] and usage",
            Chat.Text + Chat.Finish + Chat.Usage + Second + SecondFinish + OtherUsage + Chat.Done + Chat.Usage),
        Open("chat: a second choice begins beside the finish of the first", Chat.Text + Chat.Finish + Second + Chat.Usage + SecondFinish + OtherUsage + Chat.Done),
        Open("chat: three reports of usage", Chat.Text + Chat.Finish + Chat.Usage + Comment + OtherUsage + Chat.Usage + Chat.Done),
        Open("chat: usage in two data lines, [DONE], usage", Chat.Text + Chat.Finish + "event: x\ndata: {\"choices\":[],\ndata: \"usage\":{\"prompt_tokens\":7}}\n\n" + Chat.Done + OtherUsage),

        EndedJson("chat JSON: a document, then another", Json(7), Json(1000)),
        EndedJson("chat JSON: a document, then garbage", Json(7), "}]garbage{"),
        EndedJson("chat JSON: a document, then the start of another", Json(7), "\r\n {\"id\":"),
        EndedJson("chat JSON: a document, then an error", Json(7), """{"error":{"code":"overloaded","type":"server_error"}}"""),
        EndedJson("chat JSON: a document, then an array", Json(7), $"\n[{Json(1000)},{Json(1001)}]"),
        EndedJson("chat JSON: a document, then a stream", Json(7), "\n" + OtherStream),
        Open("chat JSON: a document without usage, then two with usage", JsonWithoutUsage() + Json(7) + Json(1000), "application/json"),
        Open("chat JSON: a document without usage, then garbage and a document", JsonWithoutUsage() + "x" + Json(7), "application/json"),
        Open("chat JSON: documents in an array", $"[{Json(7)},{Json(1000)}]{Json(1001)}", "application/json"),
        Open("chat JSON lines: three documents", $"{Json(7)}\n{Json(1000)}\n{Json(1001)}\n", "application/x-ndjson"),
        Open("chat JSON lines: without usage, then with", $"{JsonWithoutUsage()}\n{Json(7)}\n{Json(1000)}\n", "application/x-ndjson"),
    ];

    private static string Json(int input) =>
        $$"""{"id":"c{{input}}","object":"chat.completion","model":"m","choices":[{"index":0,"message":{"content":"Hi"},"finish_reason":"stop"}],"usage":{"prompt_tokens":{{input}},"completion_tokens":3,"total_tokens":{{input + 3}} } }""";

    private static string JsonWithoutUsage() =>
        """{"id":"c0","object":"chat.completion","model":"m","choices":[{"index":0,"message":{"content":"Hi"},"finish_reason":"stop"}]}""";

    private static string Zeros() => """
        data: {"id":"c1","object":"chat.completion.chunk","created":1,"model":"m","choices":[],"usage":{"prompt_tokens":0,"completion_tokens":0,"total_tokens":0}}


        """;

    private static string OtherChoice(string index) => $$"""
        data: {"id":"c2","object":"chat.completion.chunk","created":1,"model":"other","choices":[{ {{index}},"delta":{"content":"Hello"},"finish_reason":"length"}]}


        """;

    private static string Crlf(string text) => text.Replace("\n", "\r\n", StringComparison.Ordinal);

    private static string Cr(string text) => text.Replace("\n", "\r", StringComparison.Ordinal);

    private static NamedBody Ended(string name, string settled, string rest, UsageAnomalies? anomalies = UsageAnomalies.None) =>
        NamedBody.Ended(name, Chat.Url, Sse, settled, rest, input: 7, anomalies);

    private static NamedBody EndedJson(string name, string settled, string rest) =>
        NamedBody.Ended(name, Chat.Url, "application/json", settled, rest, input: 7);

    private static NamedBody Open(string name, string body, string contentType = Sse) => NamedBody.Open(name, Chat.Url, contentType, body);
}
