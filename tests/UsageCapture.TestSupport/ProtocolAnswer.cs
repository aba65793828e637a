using UsageCapture.Testing;

namespace UsageCapture.TestSupport;

/// <summary>A whole answer in one protocol, and what is known when.</summary>
internal sealed class ProtocolAnswer
{
    private readonly int[] _at;

    private ProtocolAnswer(string name, Recording recording, int[] at, bool endsItself = true, bool countsRun = false, Recording? failing = null)
    {
        Name = name;
        Recording = recording;
        _at = at;
        EndsItself = endsItself;
        CountsRun = countsRun;
        Failing = failing?.Body;
    }

    /// <summary>Gets an answer in each protocol that tells its usage in a way of its own.</summary>
    public static IReadOnlyList<ProtocolAnswer> All { get; } = [.. Make()];

    public string Name { get; }

    public Recording Recording { get; }

    public ReadOnlyMemory<byte> Body => Recording.Body;

    /// <summary>Gets the same up to where an answer has begun to come, and then an error; null where a protocol has no place for one.</summary>
    public ReadOnlyMemory<byte>? Failing { get; }

    /// <summary>Gets whether the protocol says that it is done.</summary>
    public bool EndsItself { get; }

    /// <summary>Gets whether counts are reported from the first on, which are not the last word.</summary>
    public bool CountsRun { get; }

    public string ContentType => Recording.Response.Headers!["content-type"];

    public bool IsStream => ContentType != "application/json";

    /// <summary>Gets path and query of the API.</summary>
    public string Path => Recording.Request.Url.PathAndQuery;

    public long Input => Expected("input_tokens");

    public long Output => Expected("output_tokens");

    /// <summary>Gets how many bytes come before a milestone is reached.</summary>
    public int this[Milestone milestone] => _at[(int)milestone];

    public static ProtocolAnswer Get(string name) => All.Single(answer => answer.Name == name);

    public HttpRequestMessage CreateRequest(Uri? address = null)
    {
        HttpRequestMessage request = Recording.CreateRequest();
        request.RequestUri = address ?? request.RequestUri;
        return request;
    }

    public override string ToString() => Name;

    private static IEnumerable<ProtocolAnswer> Make()
    {
        yield return Stream("chat", ChatStream.Create("m").Text("Hi").Finish("stop").Usage(prompt: 7, completion: 3).ToRecording(), (2, 3, 4, 5));
        yield return Stream(
            "chat-running",
            ChatStream.Create("m").Text("Hi").Finish("stop").Usage(prompt: 7, completion: 3, placement: ChatUsagePlacement.EveryChunk).ToRecording(),
            (2, 3, 3, 4),
            countsRun: true);
        yield return Stream("completions", Recordings.Get("openai-completions-stream-asked-by-handler"), (1, 2, 3, 4));
        yield return Stream("responses", ResponsesStream.Create("m").Text("Hi").Finish().Usage(input: 7, output: 3).ToRecording(), (5, 9, 9, 9));

        // The start of a message has all of its input, and a stand-in for the output.
        yield return Stream(
            "messages", MessagesStream.Create("m").Text("Hi").Finish("end_turn").Usage(input: 7, output: 3).ToRecording(), (1, 5, 5, 6), countsRun: true);
        yield return Stream(
            "gemini",
            GeminiStream.Create("m").Text("H", "i", "!").Finish("STOP").Usage(prompt: 7, candidates: 3).ToRecording(),
            (2, 3, 3, 3),
            endsItself: false,
            countsRun: true);
        yield return Stream("ollama", Recordings.Get("ollama-stream"), (1, 3, 3, 3), failing: Recordings.Get("ollama-stream-error"));
        yield return Stream(
            "bedrock", Recordings.Get("bedrock-converse-stream"), (2, 5, 6, 6), failing: Recordings.Get("bedrock-converse-stream-exception"));

        Recording json = Recordings.Get("openai-json");
        int end = json.Body.Length;
        yield return new ProtocolAnswer("json", json, [0, end / 2, end, end, end]);
    }

    /// <summary>Makes one of a stream, whose milestones are reached after so many events.</summary>
    private static ProtocolAnswer Stream(
        string name,
        Recording recording,
        (int First, int Finish, int Usage, int End) events,
        bool endsItself = true,
        bool countsRun = false,
        Recording? failing = null)
    {
        Assert.Equal(recording.GetEvents().Count, events.End);
        return new ProtocolAnswer(
            name,
            recording,
            [0, recording.LengthOfFirstEvents(events.First), recording.LengthOfFirstEvents(events.Finish), recording.LengthOfFirstEvents(events.Usage), recording.LengthOfFirstEvents(events.End)],
            endsItself,
            countsRun,
            failing ?? recording.WithErrorAfter(events.First, "overloaded"));
    }

    private long Expected(string count) => Recording.Expected!.Value.GetProperty("usage").GetProperty(count).GetInt64();
}
