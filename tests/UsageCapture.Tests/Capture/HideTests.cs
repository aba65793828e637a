using System.Buffers;
using System.Globalization;
using System.Text;

using UsageCapture.Capture;
using UsageCapture.Testing;
using UsageCapture.Tests.Fakes;

namespace UsageCapture.Tests.Capture;

/// <summary>The one event that the caller did not ask for can be kept from it; nothing else is touched, and nothing waits.</summary>
public sealed class HideTests
{
    private const string MultiLine = "event: x\ndata: {\"choices\":[],\ndata: \"usage\":{\"prompt_tokens\":7}}\nid: 4\n\n";

    private static readonly string SecondText = Chat.Text.Replace("\"index\":0", "\"index\":1", StringComparison.Ordinal);
    private static readonly string SecondFinish = Chat.Finish.Replace("\"index\":0", "\"index\":1", StringComparison.Ordinal);
    private static readonly string NoChoices = Chat.Usage.Replace("\"choices\":[],", "", StringComparison.Ordinal);

    private static readonly Recording Answer = Chat.Of(Chat.Text, Chat.Finish, Chat.Usage, Chat.Done);

    private readonly InMemoryUsageSink _sink = new();

    public static TheoryData<string, string> Streams => new()
    {
        { Chat.Text + Chat.Finish + Chat.Usage + Chat.Done, Chat.Text + Chat.Finish + Chat.Done },
        { Chat.Text + Chat.Finish + Chat.Usage, Chat.Text + Chat.Finish },
        { Chat.Text + Chat.Finish + Chat.Usage.TrimEnd(), Chat.Text + Chat.Finish },
        { Chat.Text + Chat.Finish + NoChoices + Chat.Done, Chat.Text + Chat.Finish + Chat.Done },
        { Chat.Text + Chat.Finish + MultiLine + Chat.Done, Chat.Text + Chat.Finish + Chat.Done },
        { Chat.Text + Chat.Finish + ": ping\n\n" + Chat.Usage + ": ping\n\n" + Chat.Done, Chat.Text + Chat.Finish + ": ping\n\n: ping\n\n" + Chat.Done },
        { Chat.Text + Chat.Finish + Chat.Done + Chat.Usage, Chat.Text + Chat.Finish + Chat.Done },
        { Chat.Text + SecondText + Chat.Finish + SecondFinish + Chat.Usage + Chat.Done, Chat.Text + SecondText + Chat.Finish + SecondFinish + Chat.Done },
    };

    public static TheoryData<string> StreamsThatStay =>
    [
        Chat.Text + Chat.Finish + Chat.Done,
        Chat.Usage + Chat.Text + Chat.Finish + Chat.Done, // Before the finish nothing is looked at.
        Chat.Text + Chat.Finish + Chat.Error + Chat.Done,
        Chat.Text + Chat.Finish + Chat.RunningUsage + Chat.Done, // It has choices.
        Chat.Text + SecondText + Chat.Finish + Chat.Usage + Chat.Done, // The other choice goes on.
        Chat.Finish + "data: {\"choices\":[],\"prompt_filter_results\":[{}],\"usage\":{\"prompt_tokens\":7}}\n\n",
        Chat.Finish + "data: {\"choices\":[],\"usage\":null}\n\n" + Chat.Done,
        Chat.Finish + "data: {broken\n\n" + Chat.Done,
        Chat.Finish + "data: {\"choices\":[]",
        Chat.Finish + "\n\n\n" + Chat.Done,
        "{\"choices\":[{\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":7}}",
        "",
    ];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Streams))]
    public void Event_OfUsageOnly_IsTakenOutWhateverTheLineEndsAndTheCuts(string stream, string expected)
    {
        foreach (string lineEnd in (string[])["\n", "\r\n", "\r"])
        {
            byte[] body = Encoding.UTF8.GetBytes(stream.Replace("\n", lineEnd, StringComparison.Ordinal));
            string passed = expected.Replace("\n", lineEnd, StringComparison.Ordinal);
            AssertCutAnywhere(body, passed);
        }
    }

    [Theory]
    [MemberData(nameof(StreamsThatStay))]
    public void Stream_WithoutSuchAnEvent_StaysAsItIs(string stream)
    {
        foreach (string lineEnd in (string[])["\n", "\r\n", "\r"])
        {
            string body = stream.Replace("\n", lineEnd, StringComparison.Ordinal);
            AssertCutAnywhere(Encoding.UTF8.GetBytes(body), body);
        }
    }

    [Fact]
    public void Event_TooLongToBeUsage_IsPassedOn()
    {
        string body = Chat.Finish + "data: {\"choices\":[],\"usage\":{},\"x\":\"" + new string('x', 70_000) + "\"}\n\n" + Chat.Done;
        foreach (int size in (int[])[1_000, 60_000, 100_000])
        {
            Assert.Equal(body, Filter(Encoding.UTF8.GetBytes(body), size));
        }
    }

    [Fact]
    public void Bytes_BeforeTheFinishReason_AreNeverHeld()
    {
        var filter = new InjectedEventFilter();
        var passed = new ArrayBufferWriter<byte>();
        byte[] body = Encoding.UTF8.GetBytes(Chat.Usage + Chat.Text + Chat.Finish);
        for (int i = 0; i < body.Length; i++)
        {
            filter.Append(body.AsSpan(i, 1), passed);
            Assert.Equal(i + 1, passed.WrittenCount);
        }

        byte[] done = Encoding.UTF8.GetBytes(Chat.Done);
        filter.Append(done.AsSpan(0, 7), passed); // "data: [" is no usage.
        Assert.Equal(body.Length + 7, passed.WrittenCount);
    }

    [Theory]
    [InlineData("""{"stream":true}""", IncludeUsage.WhenUnspecified, true)]
    [InlineData("""{"stream":true,"stream_options":{"include_usage":false}}""", IncludeUsage.Always, true)]
    [InlineData("""{"stream":true,"stream_options":{"include_usage":true}}""", IncludeUsage.Always, false)]
    [InlineData("""{"stream":true}""", IncludeUsage.Never, false)]
    public async Task Event_ThatTheCallerAskedForOrNobody_IsForwarded(string request, IncludeUsage includeUsage, bool isHidden)
    {
        string body = Chat.Text + Chat.Finish + Chat.Usage + Chat.Done;
        Recording answer = Answer.WithHeader("content-length", body.Length.ToString(CultureInfo.InvariantCulture));
        using HttpResponseMessage response = await SendAsync(answer, request, includeUsage);

        long? length = response.Content.Headers.ContentLength;
        string read = await response.Content.ReadAsStringAsync(Token);

        Assert.Equal(isHidden ? Chat.Text + Chat.Finish + Chat.Done : body, read);
        Assert.Equal(isHidden ? null : body.Length, length);
        Assert.Equal((10, UsageStatus.Exact), (_sink.Records[0].Usage?.TotalTokens, Assert.Single(_sink.Records).Status));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Event_OfASynchronousOrCopiedRead_IsHidden(bool copied)
    {
        using HttpResponseMessage response = await SendAsync(Answer);
        using var read = new MemoryStream();

        if (copied)
        {
            response.Content.CopyTo(read, context: null, Token);
            Assert.Throws<InvalidOperationException>(() => response.Content.CopyTo(read, context: null, Token));
        }
        else
        {
            using Stream body = response.Content.ReadAsStream(Token);
            body.CopyTo(read);
        }

        Assert.Equal(Chat.Text + Chat.Finish + Chat.Done, Encoding.UTF8.GetString(read.ToArray()));
        Assert.Equal(UsageStatus.Exact, Assert.Single(_sink.Records).Status);
    }

    [Fact]
    public async Task Event_InACompressedBody_IsForwarded()
    {
        Recording compressed = Answer.Gzipped();
        using HttpResponseMessage response = await SendAsync(compressed);

        Assert.Equal(compressed.Body.ToArray(), await response.Content.ReadAsByteArrayAsync(Token));
        Assert.Equal(10, Assert.Single(_sink.Records).Usage?.TotalTokens);
    }

    [Fact]
    public async Task Fault_BehindAnEventThatIsHeld_ComesAfterItsBytes()
    {
        var gate = new ReplayGate();
        Recording answer = Chat.Of(Chat.Finish, "data: {\"choices\"");
        using HttpResponseMessage response = await SendAsync(answer.ResetAfter(answer.Body.Length), gate: gate);
        Stream body = await response.Content.ReadAsStreamAsync(Token);
        gate.Release();
        byte[] read = new byte[Chat.Finish.Length];
        await body.ReadExactlyAsync(read, Token);

        byte[] rest = new byte["data: {\"choices\"".Length];
        Task reading = body.ReadExactlyAsync(rest, Token).AsTask();
        Assert.False(reading.IsCompleted);
        gate.Release();
        await reading;
        Assert.Equal("data: {\"choices\"", Encoding.UTF8.GetString(rest));
        await Assert.ThrowsAsync<IOException>(async () => await body.ReadAsync(rest, Token));
        Assert.Equal(UsageOutcome.Faulted, Assert.Single(_sink.Records).Outcome);
    }

    [Theory]
    [InlineData("openai-stream-asked-by-handler")]
    [InlineData("openai-completions-stream-asked-by-handler")]
    public async Task Recordings_ThatTheHandlerAskedFor_LoseThatEventAlone(string name)
    {
        Recording recording = Recordings.Get(name);
        string body = Encoding.UTF8.GetString(recording.Body.Span);
        string hidden = Assert.Single(body.Split("\n\n"), text => text.Contains("\"choices\":[]", StringComparison.Ordinal));

        byte[] read = await ReadAsync(recording.InPiecesOf(3));

        Assert.Equal(body.Replace(hidden + "\n\n", "", StringComparison.Ordinal), Encoding.UTF8.GetString(read));
        Assert.Empty(recording.Differences(Assert.Single(_sink.Records)));
    }

    [Theory]
    [InlineData("responses")]
    [InlineData("messages")]
    [InlineData("gemini")]
    [InlineData("ollama")]
    [InlineData("bedrock")]
    [InlineData("json")]
    public async Task Protocols_ThatAreNeverAsked_LoseNothingWhateverTheySend(string name)
    {
        var answer = ProtocolAnswer.Get(name);
        byte[] chat = Answer.Body.ToArray();

        Assert.Equal(answer.Body.ToArray(), await ReadAsync(answer.Recording.InPiecesOf(3)));
        Assert.Equal(chat, await ReadAsync(answer.Recording.WithBody(chat).WithHeader("content-type", "text/event-stream")));

        Assert.Equal(2, _sink.Records.Count);
        Assert.NotEqual(UsageRequested.ByHandler, _sink.Records[0].UsageRequested);
    }

    private static void AssertCutAnywhere(byte[] body, string expected)
    {
        for (int size = 1; size <= Math.Max(1, body.Length); size++)
        {
            Assert.Equal(expected, Filter(body, size));
        }
    }

    private static string Filter(byte[] body, int size)
    {
        var filter = new InjectedEventFilter();
        var passed = new ArrayBufferWriter<byte>();
        for (int start = 0; start < body.Length; start += size)
        {
            filter.Append(body.AsSpan(start, Math.Min(size, body.Length - start)), passed);
        }

        filter.Complete(passed);
        return Encoding.UTF8.GetString(passed.WrittenSpan);
    }

    private async Task<byte[]> ReadAsync(Recording recording)
    {
        var options = new UsageCaptureOptions { InjectedUsage = InjectedUsage.Hide };
        using var client = new HttpClient(new UsageCaptureHandler(_sink, options) { InnerHandler = new RecordedHandler(recording) });
        using HttpRequestMessage request = recording.CreateRequest();
        using HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
        return await response.Content.ReadAsByteArrayAsync(Token);
    }

    private async Task<HttpResponseMessage> SendAsync(
        Recording answer, string body = """{"stream":true}""", IncludeUsage includeUsage = IncludeUsage.WhenUnspecified, ReplayGate? gate = null)
    {
        var options = new UsageCaptureOptions { InjectedUsage = InjectedUsage.Hide, IncludeUsage = includeUsage };
        var client = new HttpClient(new UsageCaptureHandler(_sink, options) { InnerHandler = new RecordedHandler(answer) { Gate = gate } });
        using HttpRequestMessage request = Chat.Request(body);
        return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
    }
}
