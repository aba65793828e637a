using System.Text;

using UsageCapture.Testing;

namespace UsageCapture.Tests.Cutting;

/// <summary>At an unknown path the members of the response tell the protocol. Where they stand, and how the body is cut, must not make a difference.</summary>
public sealed class LateSignTests
{
    private const string Url = "https://gateway.example/llm/generate";
    private const string Json = "application/json";
    private const string Sse = "text/event-stream";

    private const string Chat = "\"object\":\"chat.completion\",\"model\":\"m\",\"choices\":[],\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":3}";

    // Detection looks at so many bytes at most. Around that place a cut must not decide.
    private const int Limit = 64 * 1024;

    private static readonly Dictionary<string, NamedBody> Bodies = All().ToDictionary(body => body.Name);

    public static TheoryData<string> Names => [.. Bodies.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Body_WithItsSignsAnywhere_GivesTheSameRecordOrNone(string name)
    {
        Recording recording = Bodies[name].Recording;
        CutBody body = await CutBody.OpenAsync(recording);
        int length = recording.Body.Length;
        IEnumerable<Cuts> cuts = length < 1000
            ? CutPlans.Of(length, maxLengthForEveryPlace: 1000)
            :
            [
                .. new[] { 1, 7, 1000, 1024, 16_384, 60_000, Limit - 1, Limit, Limit + 1 }.Select(every => new Cuts(every)),
                .. CutPlans.Near(Limit, distance: 8, length),
                .. CutPlans.Random(length, count: 8),
            ];

        await body.AssertSameAsync(cuts);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Body_InGzip_GivesTheSameRecordOrNone(string name)
    {
        Recording compressed = Gzip.Compress(Bodies[name].Recording);
        CutBody body = await CutBody.OpenAsync(compressed);

        // A long body is short when it is compressed, and still takes long to read.
        int maxLengthForEveryPlace = Bodies[name].Recording.Body.Length < 1000 ? 1000 : 0;
        await body.AssertSameAsync(CutPlans.Of(compressed.Body.Length, maxLengthForEveryPlace, randomCount: 10));
    }

    private static IEnumerable<NamedBody> All()
    {
        yield return Make("signs behind 100 KB of text", Json, $"{{\"padding\":\"{Padding(100_000)}\",{Chat}}}");
        yield return Make("signs behind 100 KB of white space", Json, $"{{{new string(' ', 100_000)}{Chat}}}");
        yield return Make("signs behind 100 KB of other members", Json, $"{{{string.Concat(Enumerable.Range(0, 10_000).Select(i => $"\"a{i}\":[{i}],"))}{Chat}}}");
        yield return Make("signs behind 100 KB of a nested list", Json, $"{{\"a\":[{string.Join(',', Enumerable.Repeat("{\"b\":1}", 14_000))}],{Chat}}}");
        yield return Make("usage behind 100 KB, signs before", Json, $"{{\"object\":\"chat.completion\",\"padding\":\"{Padding(100_000)}\",\"usage\":{{\"prompt_tokens\":7}}}}");
        yield return Make("signs in a second document behind 100 KB", Json, $"{{\"padding\":\"{Padding(100_000)}\"}}\n{{{Chat}}}");
        yield return Make("signs in an event behind 100 KB of comments", Sse, string.Concat(Enumerable.Repeat(": keep-alive\n\n", 7500)) + $"data: {{{Chat}}}\n\ndata: [DONE]\n\n");
        yield return Make("signs in an event behind 100 KB of other events", Sse, string.Concat(Enumerable.Repeat("data: {\"a\":1}\n\n", 7000)) + $"data: {{{Chat}}}\n\ndata: [DONE]\n\n");
        yield return Make("signs behind 100 KB of text in one event", Sse, $"data: {{\"padding\":\"{Padding(100_000)}\",{Chat}}}\n\ndata: [DONE]\n\n");

        // The first sign ends shortly before the limit, at it, and behind it.
        foreach (int offset in (int[])[-60, -31, -30, -29, -1, 0, 1, 30, 31, 60])
        {
            int padding = Limit + offset - "{\"padding\":\"\",\"object\":\"chat.completion\"".Length;
            yield return Make($"signs that end {offset} bytes behind the limit", Json, $"{{\"padding\":\"{Padding(padding)}\",{Chat}}}");
        }

        // A part of the document has the signs of one protocol, and all of it has those of two.
        yield return Make(
            "signs of Gemini, then of chat completions",
            Json,
            $$$"""{"candidates":[{"content":{},"finishReason":"STOP"}],"modelVersion":"g","usageMetadata":{"promptTokenCount":5},{{{Chat}}} }""");
        yield return Make(
            "signs of a list of embeddings, then of chat completions", Json, $$"""{"model":"e","data":[{"embedding":[1]}],"usage":{"prompt_tokens":5},{{Chat}} }""");
        yield return Make("signs of Ollama, then of a chat choice", Json, """{"model":"m","created_at":"x","done":true,"prompt_eval_count":5,"choices":[{"message":{}}],"usage":{"prompt_tokens":7}}""");
        yield return Make("signs of a message, then another type", Json, """{"type":"message","role":"assistant","model":"m","usage":{"input_tokens":5},"object":"text_completion"}""");
        yield return Make("a type that is given twice", Json, """{"type":"message","role":"assistant","model":"m","type":"x","usage":{"input_tokens":5}}""");
        yield return Make("signs of chat completions in a broken document", Json, $"{{{Chat},broken");
        yield return Make("signs of chat completions in an open document", Json, $"{{{Chat},\"x\":[");
        yield return Make("signs in the second event", Sse, $"data: {{\"a\":1}}\n\ndata: {{{Chat}}}\n\ndata: [DONE]\n\ndata: {{{Chat}}}\n\n");
        yield return Make("signs in a broken event, then in a whole one", Sse, $"data: {{\"object\":\"text_completion\",\n\ndata: {{{Chat}}}\n\ndata: [DONE]\n\n");
        yield return Make("signs only after [DONE]", Sse, $"data: [DONE]\n\ndata: {{{Chat}}}\n\n");
        yield return Make("signs only in the second document", Json, $"{{\"a\":1}}\n{{{Chat}}}");
        yield return Make("signs of two protocols in two documents", Json, $$"""{ {{Chat}} }{"type":"message","role":"assistant","model":"m","usage":{"input_tokens":5} }""");
        yield return Make("signs of two protocols in two events", Sse, """data: {"type":"message_start","message":{"model":"m","role":"assistant","usage":{"input_tokens":5}}}""" + $"\n\ndata: {{{Chat}}}\n\ndata: [DONE]\n\n");
    }

    private static string Padding(int length) => new StringBuilder().Insert(0, "text ", length / 5).Append('x', length % 5).ToString();

    private static NamedBody Make(string name, string contentType, string body) => NamedBody.Open(name, Url, contentType, body);
}
