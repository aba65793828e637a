using System.Globalization;
using System.Text;

using UsageCapture.Testing;

namespace UsageCapture.Tests.Requests;

/// <summary>The one event that the caller did not ask for can be kept from it; nothing else is touched, and nothing waits.</summary>
public sealed class HiddenUsageTests
{
    private const string MultiLine = "event: x\ndata: {\"choices\":[],\ndata: \"usage\":{\"prompt_tokens\":7}}\nid: 4\n\n";

    private static readonly string SecondText = Chat.Text.Replace("\"index\":0", "\"index\":1", StringComparison.Ordinal);
    private static readonly string SecondFinish = Chat.Finish.Replace("\"index\":0", "\"index\":1", StringComparison.Ordinal);
    private static readonly string NoChoices = Chat.Usage.Replace("\"choices\":[],", "", StringComparison.Ordinal);

    private static readonly Recording Answer = Asked(Encoding.UTF8.GetBytes(Chat.Text + Chat.Finish + Chat.Usage + Chat.Done));

    private readonly InMemoryUsageSink _sink = new();

    public static TheoryData<string, string> Streams => new()
    {
        { Chat.Text + Chat.Finish + Chat.Usage + Chat.Done, Chat.Text + Chat.Finish + Chat.Done },
        { Chat.Text + Chat.Finish + Chat.Usage, Chat.Text + Chat.Finish },
        { Chat.Text + Chat.Finish + Chat.Usage.TrimEnd(), Chat.Text + Chat.Finish },
        { Chat.Text + Chat.Finish + NoChoices + Chat.Done, Chat.Text + Chat.Finish + Chat.Done },
        { Chat.Finish + "data: {\"choices\":[],\"moderation\":null,\"usage\":{\"prompt_tokens\":7}}\n\n" + Chat.Done, Chat.Finish + Chat.Done },
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
        Chat.Finish + "data: {\"choices\":[],\"moderation\":{\"input\":{}},\"usage\":{\"prompt_tokens\":7}}\n\n",
        Chat.Finish + "data: {\"choices\":[],\"usage\":null}\n\n" + Chat.Done,
        Chat.Finish + "data: {broken\n\n" + Chat.Done,
        Chat.Finish + "data: {\"choices\":[]",
        Chat.Finish + "\n\n\n" + Chat.Done,
        Chat.Finish + Chat.Usage.Replace("data: ", "data: [", StringComparison.Ordinal).Replace("}\n\n", "}]\n\n", StringComparison.Ordinal) + Chat.Done,
        Chat.Finish + Chat.Usage.Replace("data: ", "data:\ndata: ", StringComparison.Ordinal) + Chat.Done,
        Chat.Finish + Chat.Usage.Replace("data: ", "data: \t", StringComparison.Ordinal) + Chat.Done,
        "{\"choices\":[{\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":7}}",
        "",
    ];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Streams))]
    public async Task Event_OfUsageOnly_IsTakenOutWhateverTheLineEndsAndTheCuts(string stream, string expected)
    {
        foreach (string lineEnd in (string[])["\n", "\r\n", "\r"])
        {
            byte[] body = Encoding.UTF8.GetBytes(stream.Replace("\n", lineEnd, StringComparison.Ordinal));
            string passed = expected.Replace("\n", lineEnd, StringComparison.Ordinal);
            await AssertCutAnywhereAsync(body, passed);
        }
    }

    [Theory]
    [MemberData(nameof(StreamsThatStay))]
    public async Task Stream_WithoutSuchAnEvent_StaysAsItIs(string stream)
    {
        foreach (string lineEnd in (string[])["\n", "\r\n", "\r"])
        {
            string body = stream.Replace("\n", lineEnd, StringComparison.Ordinal);
            await AssertCutAnywhereAsync(Encoding.UTF8.GetBytes(body), body);
        }
    }

    [Fact]
    public async Task Event_TooLongToBeUsage_IsPassedOn()
    {
        string body = Chat.Finish + "data: {\"choices\":[],\"usage\":{},\"x\":\"" + new string('x', 70_000) + "\"}\n\n" + Chat.Done;
        foreach (int size in (int[])[1_000, 60_000, 100_000])
        {
            await AssertReadAsync(body, Encoding.UTF8.GetBytes(body), size);
        }
    }

    [Fact]
    public async Task Bytes_BeforeTheFinishReason_AreNeverHeld()
    {
        string before = Chat.Usage + Chat.Text + Chat.Finish;
        Recording recording = Asked(Encoding.UTF8.GetBytes(before + Chat.Done)).InChunksOf(1);
        using HttpResponseMessage response = await SendAsync(recording);
        Stream body = await response.Content.ReadAsStreamAsync(Token);
        byte[] buffer = new byte[before.Length];
        for (int i = 0; i < before.Length; i++)
        {
            Assert.Equal(1, await body.ReadAsync(buffer, Token));
        }

        Assert.Equal("data: [".Length, await body.ReadAsync(buffer, Token)); // It is no usage.
    }

    [Theory]
    [InlineData("""{"stream":true}""", UsageRequestMode.WhenUnspecified, true)]
    [InlineData("""{"stream":true,"stream_options":{"include_usage":false}}""", UsageRequestMode.Always, true)]
    [InlineData("""{"stream":true,"stream_options":{"include_usage":true}}""", UsageRequestMode.Always, false)]
    [InlineData("""{"stream":true}""", UsageRequestMode.Never, false)]
    public async Task Event_ThatTheCallerAskedForOrNobody_IsForwarded(string request, UsageRequestMode includeUsage, bool isHidden)
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
    public async Task Event_OfAContentThatCanBeCopiedTwice_IsHiddenBothTimes()
    {
        var options = new UsageCaptureOptions { InjectedUsage = InjectedUsageMode.Hide };
        using var client = new HttpClient(
            new UsageCaptureHandler(_sink, options) { InnerHandler = new Buffering { InnerHandler = new ReplayHandler(Answer) } });
        using HttpRequestMessage request = Answer.CreateRequest();
        using HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);

        for (int i = 0; i < 2; i++)
        {
            using var read = new MemoryStream();
            response.Content.CopyTo(read, context: null, Token);
            Assert.Equal(Chat.Text + Chat.Finish + Chat.Done, Encoding.UTF8.GetString(read.ToArray()));
        }

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
        Recording answer = Asked(Encoding.UTF8.GetBytes(Chat.Finish + "data: {\"choices\""));
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
    [InlineData(true)]
    [InlineData(false)]
    public async Task Fault_BehindAnEventThatIsHeld_ComesAfterItsBytesInACopyToo(bool isAsync)
    {
        const string Cut = "data: {\"choices\"";
        Recording answer = Asked(Encoding.UTF8.GetBytes(Chat.Finish + Cut));
        using HttpResponseMessage response = await SendAsync(answer.ResetAfter(answer.Body.Length));
        using var copy = new MemoryStream();

        await Assert.ThrowsAsync<HttpRequestException>(() => CopyAsync(response.Content, copy, isAsync));

        Assert.Equal(Chat.Finish + Cut, Encoding.UTF8.GetString(copy.ToArray()));
        Assert.Equal(UsageOutcome.Faulted, Assert.Single(_sink.Records).Outcome);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Destination_ThatFailsWhileAnEventIsHeld_IsNotWrittenToAgain(bool isAsync)
    {
        var destination = new Refusing(writes: 1);
        using HttpResponseMessage response = await SendAsync(Asked(Encoding.UTF8.GetBytes(Chat.Finish + Chat.Text + "data: {")).InChunksByEvent());

        HttpRequestException exception = await Assert.ThrowsAsync<HttpRequestException>(() => CopyAsync(response.Content, destination, isAsync));

        Assert.Equal("Full.", exception.InnerException?.Message);
        Assert.Equal(2, destination.Writes);
    }

    [Theory]
    [InlineData(InjectedUsageMode.Forward, true)]
    [InlineData(InjectedUsageMode.Forward, false)]
    [InlineData(InjectedUsageMode.Hide, true)]
    [InlineData(InjectedUsageMode.Hide, false)]
    public async Task Copy_OfAnyStream_WritesNothingThatIsEmpty(InjectedUsageMode injectedUsage, bool isAsync)
    {
        var destination = new Refusing(writes: int.MaxValue);
        using HttpResponseMessage response = await SendAsync(Answer.InChunksOf(1), injectedUsage: injectedUsage);

        await CopyAsync(response.Content, destination, isAsync);

        Assert.NotEqual(0, destination.Writes);
        Assert.Equal(0, destination.EmptyWrites);
    }

    [Fact]
    public async Task EventThatIsHeld_WhenTheCallerDisposes_IsReadByNobody()
    {
        using HttpResponseMessage response = await SendAsync(Asked(Encoding.UTF8.GetBytes(Chat.Finish + "data: [X\n\ndata: {")));
        Stream body = await response.Content.ReadAsStreamAsync(Token);
        await body.ReadExactlyAsync(new byte[Chat.Finish.Length + 1], Token);

        await body.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await body.ReadAsync(new byte[100], Token));
        Assert.Throws<ObjectDisposedException>(() => body.Read(new byte[100]));
    }

    [Theory]
    [InlineData("openai-stream-asked-by-handler")]
    [InlineData("openai-completions-stream-asked-by-handler")]
    public async Task Recordings_ThatTheHandlerAskedFor_LoseThatEventAlone(string name)
    {
        Recording recording = Recordings.Get(name);
        string body = Encoding.UTF8.GetString(recording.Body.Span);
        string hidden = Assert.Single(body.Split("\n\n"), text => text.Contains("\"choices\":[]", StringComparison.Ordinal));

        byte[] read = await ReadAsync(recording.InChunksOf(3));

        Assert.Equal(body.Replace(hidden + "\n\n", "", StringComparison.Ordinal), Encoding.UTF8.GetString(read));
        Assert.Empty(recording.GetDifferences(Assert.Single(_sink.Records)));
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

        Assert.Equal(answer.Body.ToArray(), await ReadAsync(answer.Recording.InChunksOf(3)));
        Assert.Equal(chat, await ReadAsync(answer.Recording.WithBody(chat).WithHeader("content-type", "text/event-stream")));

        Assert.Equal(2, _sink.Records.Count);
        Assert.NotEqual(UsageRequestState.AskedByHandler, _sink.Records[0].UsageRequest);
    }

    private static Recording Asked(byte[] body) =>
        Recordings.Get("openai-stream-asked-by-handler").WithBody(body).WithHeader("content-type", "text/event-stream");

    private static Task CopyAsync(HttpContent content, Stream destination, bool isAsync) =>
        isAsync ? content.CopyToAsync(destination, Token) : Task.Run(() => content.CopyTo(destination, context: null, Token), Token);

    private async Task AssertCutAnywhereAsync(byte[] body, string expected)
    {
        for (int size = 1; size <= Math.Max(1, body.Length); size++)
        {
            await AssertReadAsync(expected, body, size);
        }
    }

    private async Task AssertReadAsync(string expected, byte[] body, int size)
    {
        Recording recording = Asked(body).InChunksOf(size);
        Assert.Equal(expected, Encoding.UTF8.GetString(await ReadAsync(recording)));

        using HttpResponseMessage response = await SendAsync(recording);
        using var copy = new MemoryStream();
        await response.Content.CopyToAsync(copy, Token);
        Assert.Equal(expected, Encoding.UTF8.GetString(copy.ToArray()));
    }

    private async Task<byte[]> ReadAsync(Recording recording)
    {
        using HttpResponseMessage response = await SendAsync(recording);
        using var read = new MemoryStream();
        using Stream body = await response.Content.ReadAsStreamAsync(Token);
        await body.CopyToAsync(read, Token);
        return read.ToArray();
    }

    private async Task<HttpResponseMessage> SendAsync(
        Recording recording,
        string? body = null,
        UsageRequestMode includeUsage = UsageRequestMode.WhenUnspecified,
        ReplayGate? gate = null,
        InjectedUsageMode injectedUsage = InjectedUsageMode.Hide)
    {
        var options = new UsageCaptureOptions { InjectedUsage = injectedUsage, UsageRequest = includeUsage };
        var client = new HttpClient(new UsageCaptureHandler(_sink, options) { InnerHandler = new ReplayHandler(recording) { Gate = gate } });
        using HttpRequestMessage request = recording.CreateRequest();
        request.Content = body is null ? request.Content : new StringContent(body, Encoding.UTF8, "application/json");
        return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
    }

    private sealed class Buffering : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            HttpResponseMessage response = await base.SendAsync(request, cancellationToken);
            await response.Content.LoadIntoBufferAsync(cancellationToken);
            return response;
        }
    }

    /// <summary>A destination that takes so many writes, and counts them.</summary>
    private sealed class Refusing(int writes) : MemoryStream
    {
        public int Writes { get; private set; }

        public int EmptyWrites { get; private set; }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            EmptyWrites += buffer.IsEmpty ? 1 : 0;
            if (++Writes > writes)
            {
                throw new IOException("Full.");
            }
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Write(buffer.Span);
            return default;
        }
    }
}
