using System.Net.Sockets;
using System.Text;

namespace UsageCapture.Testing.Tests;

/// <summary>Tests the chunks, delays and faults with which recordings are delivered.</summary>
public sealed class RecordingDeliveryTests
{
    private static readonly Recording Hello = ChatStream.Create("m").Text("Hel", "lo").Finish("stop").Usage(prompt: 1, completion: 2).ToRecording();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task InChunksByEvent_ReadsEndWithEvents()
    {
        string[] pieces = await ReadAsync(Hello.InChunksByEvent());

        Assert.Equal(6, pieces.Length);
        Assert.All(pieces, piece => Assert.True(piece.StartsWith("data: ", StringComparison.Ordinal) && piece.EndsWith("\n\n", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("text/event-stream", "data: a\r\n\r\ndata: b\r\ndata: c\r\n\r\n: tail", "data: a\r\n\r\n", "data: b\r\ndata: c\r\n\r\n", ": tail")]
    [InlineData("text/event-stream", "data: a\r\rdata: b\r\r\r", "data: a\r\r", "data: b\r\r\r")]
    [InlineData("text/event-stream", "\n\ndata: a\n\n\ndata: b", "\n\n", "data: a\n\n\n", "data: b")]
    [InlineData("application/x-ndjson", "{\"a\":1}\n{\"b\":2}\r\n{}", "{\"a\":1}\n", "{\"b\":2}\r\n", "{}")]
    [InlineData("application/vnd.amazon.eventstream", "\0\0\0\u0006ab\0\0\0\u0005c\0", "\0\0\0\u0006ab", "\0\0\0\u0005c", "\0")]
    public async Task InChunksByEvent_SplitsEveryStreamFormat(string contentType, string body, params string[] expected) =>
        Assert.Equal(expected, await ReadAsync(Hello.WithBody(Encoding.UTF8.GetBytes(body)).WithHeader("content-type", contentType).InChunksByEvent()));

    [Fact]
    public async Task InChunksOf_ReadsHaveThatLength()
    {
        string[] pieces = await ReadAsync(Hello.InChunksOf(100));

        Assert.All(pieces[..^1], piece => Assert.Equal(100, piece.Length));
        Assert.Equal(Encoding.UTF8.GetString(Hello.Body.Span), string.Concat(pieces));
    }

    [Fact]
    public async Task InRandomChunks_WithTheSameSeed_GivesTheSameChunks()
    {
        string[] pieces = await ReadAsync(Hello.InRandomChunks(seed: 1));

        Assert.Equal(pieces, await ReadAsync(Hello.InRandomChunks(seed: 1)));
        Assert.NotEqual(pieces, await ReadAsync(Hello.InRandomChunks(seed: 2)));
        Assert.Equal(Encoding.UTF8.GetString(Hello.Body.Span), string.Concat(pieces));
    }

    [Fact]
    public async Task WithDelay_WaitsForTheClockBeforeEachChunk()
    {
        var clock = new ManualTimeProvider();
        Stream body = await OpenAsync(Hello.InChunksByEvent().WithDelay(TimeSpan.FromMilliseconds(50)), clock);
        byte[] buffer = new byte[1000];

        Task<int> first = body.ReadAsync(buffer, Token).AsTask();
        Assert.False(first.IsCompleted);
        clock.Advance(TimeSpan.FromMilliseconds(50));
        Assert.Equal(Hello.InChunksByEvent().Response.Chunks![0].Length, await first);

        Task<int> second = body.ReadAsync(buffer, Token).AsTask();
        clock.Advance(TimeSpan.FromMilliseconds(49));
        Assert.False(second.IsCompleted);
        clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True(await second > 0);
    }

    [Fact]
    public async Task WithDelay_BodyIsDisposedDuringTheDelay_EndsTheRead()
    {
        Stream body = await OpenAsync(Hello.WithDelay(TimeSpan.FromDays(1)), new ManualTimeProvider());
        Task<int> read = body.ReadAsync(new byte[1], Token).AsTask();

        await body.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => read);
    }

    [Fact]
    public async Task WithDelay_WithoutAClock_DoesNotWait() =>
        Assert.Equal(6, (await ReadAsync(Hello.InChunksByEvent().WithDelay(TimeSpan.FromDays(1)))).Length);

    [Fact]
    public async Task ResetAfter_ThrowsAsARealConnection()
    {
        Stream replayed = await OpenAsync(Hello.ResetAfter(100));
        Stream real = await BrokenServer.OpenAsync("12345", reset: true);

        (int read, Exception? expected) = await DrainAsync(real);
        (int length, Exception? actual) = await DrainAsync(replayed);

        Assert.InRange(read, 0, 5);
        Assert.Equal(100, length);
        Assert.Equal(expected!.GetType(), actual!.GetType());
        Assert.Equal(SocketError.ConnectionReset, Assert.IsType<SocketException>(actual.InnerException).SocketErrorCode);
        Assert.IsType(expected.InnerException!.GetType(), actual.InnerException);
    }

    [Fact]
    public async Task ClosedAfter_ThrowsAsSocketsHttpHandler()
    {
        Stream replayed = await OpenAsync(Hello.ClosedAfter(100));
        Stream real = await BrokenServer.OpenAsync("12345", reset: false);

        (int read, Exception? expected) = await DrainAsync(real);
        (int length, Exception? actual) = await DrainAsync(replayed);

        Assert.Equal((5, 100), (read, length));
        Assert.Equal(Assert.IsType<HttpIOException>(expected).HttpRequestError, Assert.IsType<HttpIOException>(actual).HttpRequestError);
    }

    [Fact]
    public async Task TruncatedAfter_EndsWithoutAnError() => Assert.Equal((100, null), await DrainAsync(await OpenAsync(Hello.TruncatedAfter(100))));

    [Fact]
    public async Task StalledAfter_WaitsUntilTheReadIsCanceled()
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);
        Stream body = await OpenAsync(Hello.StalledAfter(100));
        await body.ReadExactlyAsync(new byte[100], Token);

        Task<int> read = body.ReadAsync(new byte[1], cancel.Token).AsTask();
        Assert.False(read.IsCompleted);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read);
    }

    [Fact]
    public async Task StalledAfter_WaitsUntilTheBodyIsDisposed()
    {
        Stream body = await OpenAsync(Hello.StalledAfter(0));
        Task<int> read = body.ReadAsync(new byte[1], Token).AsTask();

        await body.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => read);
    }

    [Fact]
    public async Task StalledAfter_ReadSynchronously_Throws()
    {
        Stream body = await OpenAsync(Hello.StalledAfter(0));

        InvalidOperationException exception = Assert.Throws<InvalidOperationException>(() => body.Read(new byte[1]));

        Assert.EndsWith("Read it asynchronously, with a token.", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Events_Concatenated_AreTheBody()
    {
        IReadOnlyList<ReadOnlyMemory<byte>> events = Hello.GetEvents();

        Assert.Equal(6, events.Count);
        Assert.Equal("data: [DONE]\n\n"u8.ToArray(), events[^1].ToArray());
        Assert.Equal(Hello.Body.ToArray(), events.SelectMany(piece => piece.ToArray()));
        Assert.Equal([0, events[0].Length, events[0].Length + events[1].Length, Hello.Body.Length], [Hello.LengthOfFirstEvents(0), Hello.LengthOfFirstEvents(1), Hello.LengthOfFirstEvents(2), Hello.LengthOfFirstEvents(6)]);
        Assert.Throws<ArgumentOutOfRangeException>(() => Hello.LengthOfFirstEvents(7));
        Assert.Throws<InvalidOperationException>(Hello.Gzipped().GetEvents);
    }

    [Fact]
    public async Task Unanswered_WaitsUntilTheRequestIsCanceled()
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);
        using var http = new HttpClient(new ReplayHandler(Hello.Unanswered()));
        using HttpRequestMessage request = Hello.CreateRequest();

        Task<HttpResponseMessage> sending = http.SendAsync(request, cancel.Token);
        Assert.False(sending.IsCompleted);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
    }

    [Fact]
    public void Unanswered_SentSynchronously_Throws()
    {
        using var http = new HttpClient(new ReplayHandler(Hello.Unanswered()));
        using HttpRequestMessage request = Hello.CreateRequest();

        InvalidOperationException exception = Assert.Throws<InvalidOperationException>(() => http.Send(request, Token));

        Assert.EndsWith("Send it asynchronously, with a token.", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Unreachable_ThrowsAsSocketsHttpHandler(bool isSynchronous)
    {
        using var closed = new ClosedPort();
        using var sockets = new HttpClient(new SocketsHttpHandler());
        using var replay = new HttpClient(new ReplayHandler(Hello.Unreachable().WithMatch(RequestMatch.Any)));

        HttpRequestException expected = await FailAsync(sockets);
        HttpRequestException actual = await FailAsync(replay);

        Assert.Equal((expected.Message, expected.HttpRequestError, expected.StatusCode), (actual.Message, actual.HttpRequestError, actual.StatusCode));
        Assert.Equal(Assert.IsType<SocketException>(expected.InnerException).SocketErrorCode, Assert.IsType<SocketException>(actual.InnerException).SocketErrorCode);

        async Task<HttpRequestException> FailAsync(HttpClient http)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, closed.Address);
            return isSynchronous
                ? Assert.Throws<HttpRequestException>(() => http.Send(request, Token))
                : await Assert.ThrowsAsync<HttpRequestException>(() => http.SendAsync(request, Token));
        }
    }

    [Fact]
    public void CreateResponse_ForAnUnreachableServer_Throws() => Assert.Equal(
        "The recording 'chat-stream' has no response. Replay it with a ReplayHandler.",
        Assert.Throws<InvalidOperationException>(() => Hello.Unreachable().CreateResponse()).Message);

    [Fact]
    public void Fault_BehindTheEndOfTheBody_Throws() => Assert.Throws<ArgumentOutOfRangeException>(() => Hello.ResetAfter(Hello.Body.Length + 1));

    [Fact]
    public async Task Gzipped_InChunksByEvent_IsDecompressedChunkByChunk()
    {
        Recording gzipped = Hello.InChunksByEvent().Gzipped();
        Stream body = await OpenAsync(gzipped);
        Assert.Equal("gzip", gzipped.Response.Headers!["content-encoding"]);

        using var arrived = new MemoryStream();
        byte[] buffer = new byte[1000];
        int length = await body.ReadAsync(buffer, Token);
        arrived.Write(buffer, 0, length);
        arrived.Position = 0;
        await using var gzip = new System.IO.Compression.GZipStream(arrived, System.IO.Compression.CompressionMode.Decompress);
        int plainLength = await gzip.ReadAsync(buffer, Token);

        Assert.Equal(Hello.InChunksByEvent().Response.Chunks![0].Length, plainLength);
        Assert.Contains("compressed already", Assert.Throws<InvalidOperationException>(gzipped.Gzipped).Message, StringComparison.Ordinal);
        Assert.Contains("Split it first and compress it afterwards", Assert.Throws<InvalidOperationException>(gzipped.InChunksByEvent).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Gzipped_AfterAFaultIsAdded_Throws() => Assert.Contains(
        "Compress it first and add the fault afterwards.",
        Assert.Throws<InvalidOperationException>(Hello.ResetAfter(100).Gzipped).Message,
        StringComparison.Ordinal);

    [Fact]
    public void Gzipped_WithoutChunks_HasNoChunks() => Assert.Null(Hello.Gzipped().Response.Chunks);

    [Fact]
    public void IdentityCoding_IsNotCompression()
    {
        Recording plain = Hello.WithHeader("content-encoding", "identity");

        Assert.Equal(6, plain.GetEvents().Count);
        Assert.Equal("gzip", plain.Gzipped().Response.Headers!["content-encoding"]);
    }

    [Fact]
    public void WithBody_RemovesTheChunksAndTheFaultOfTheOldBody()
    {
        Recording changed = Hello.InChunksByEvent().ResetAfter(100).WithBody("data: 1\n\n"u8.ToArray());

        Assert.Equal((null, null), (changed.Response.Chunks, changed.Response.Fault));
    }

    [Fact]
    public async Task WithErrorAfter_EndsWithTheErrorEventOfTheApi()
    {
        Assert.EndsWith(
            """data: {"error":{"message":"The server had an error.","type":"server_error","param":null,"code":"overloaded"}}""" + "\n\n",
            string.Concat(await ReadAsync(Hello.WithErrorAfter(2, "overloaded"))),
            StringComparison.Ordinal);
        Assert.Equal(3, (await ReadAsync(Hello.WithErrorAfter(2, "overloaded").InChunksByEvent())).Length);
        Assert.StartsWith(
            "event: error\ndata: {\"type\":\"error\",\"code\":\"overloaded\"",
            (await ReadAsync(ResponsesStream.Create("m").ToRecording().WithErrorAfter(0, "overloaded")))[0],
            StringComparison.Ordinal);
        Assert.StartsWith(
            "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded\"",
            (await ReadAsync(MessagesStream.Create("m").ToRecording().WithErrorAfter(0, "overloaded")))[0],
            StringComparison.Ordinal);
        Assert.StartsWith(
            "data: {\"error\":{\"code\":503,",
            (await ReadAsync(GeminiStream.Create("m").ToRecording().WithErrorAfter(0, "UNAVAILABLE")))[0],
            StringComparison.Ordinal);
    }

    [Fact]
    public void WithStatusAndHeader_ChangeTheResponse()
    {
        using HttpResponseMessage response = Hello.WithStatus(206).WithHeader("Content-Type", "text/html").WithHeader("x-a", "b").CreateResponse();

        Assert.Equal((206, "text/html", "b"), ((int)response.StatusCode, response.Content.Headers.ContentType?.MediaType, response.Headers.GetValues("x-a").Single()));
    }

    [Fact]
    public void Chunks_ThatDoNotAddUpToTheBody_AreRejectedAtReplay()
    {
        Recording odd = Hello with { Response = Hello.Response with { Chunks = [new RecordedChunk { Length = 1 }] } };

        Assert.StartsWith(
            $"The chunks of the recording 'chat-stream' add up to 1 bytes, but its body has {Hello.Body.Length}.",
            Assert.Throws<InvalidDataException>(() => odd.CreateResponse()).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Chunk_WithANegativeDelay_IsRejectedAtReplay()
    {
        RecordedChunk[] chunks = [new() { Length = Hello.Body.Length, Delay = TimeSpan.FromMilliseconds(-1) }];
        Recording odd = Hello with { Response = Hello.Response with { Chunks = chunks } };

        Assert.Contains("has the delay_ms -1.", Assert.Throws<InvalidDataException>(() => odd.CreateResponse()).Message, StringComparison.Ordinal);
    }

    private static async Task<Stream> OpenAsync(Recording recording, TimeProvider? clock = null)
    {
        var http = new HttpClient(new ReplayHandler(recording) { TimeProvider = clock });
        using HttpRequestMessage request = recording.CreateRequest();
        HttpResponseMessage response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
        return await response.Content.ReadAsStreamAsync(Token);
    }

    private static async Task<string[]> ReadAsync(Recording recording)
    {
        Stream body = await OpenAsync(recording);
        List<string> pieces = [];
        byte[] buffer = new byte[4000];
        while (await body.ReadAsync(buffer, Token) is > 0 and int read)
        {
            pieces.Add(Encoding.UTF8.GetString(buffer, 0, read));
        }

        return [.. pieces];
    }

    private static async Task<(int Length, Exception? Exception)> DrainAsync(Stream body)
    {
        int length = 0;
        try
        {
            byte[] buffer = new byte[1000];
            while (await body.ReadAsync(buffer, Token) is > 0 and int read)
            {
                length += read;
            }

            return (length, null);
        }
        catch (IOException exception)
        {
            return (length, exception);
        }
    }
}
