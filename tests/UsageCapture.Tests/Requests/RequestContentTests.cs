using System.Net;
using System.Text;

using UsageCapture.Requests;

namespace UsageCapture.Tests.Requests;

/// <summary>The content of a request that is disposed early, fails, is sent again or is very long.</summary>
public sealed class RequestContentTests
{
    private const string Streamed = """{"model":"m","stream":true}""";
    private const string Spliced = """{"model":"m","stream":true,"stream_options":{"include_usage":true}}""";

    private static readonly string Events = Chat.Text + Chat.Finish + Chat.Usage + Chat.Done;

    private readonly InMemoryUsageSink _sink = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Write_ThatDoesNotFit_DoesNotBlockTheThreadThatSendsTheRequest()
    {
        using var buffer = new RequestBuffer(maxLength: 4, mayBlock: false);

        buffer.Write("abcdef"u8);
        buffer.Write("gh"u8);

        Assert.Equal("abcdefgh", Encoding.UTF8.GetString(buffer.Start.Span));
    }

    [Fact]
    public async Task Content_WithASpliceThatOnlyRemoves_SendsTheBytesAfterIt()
    {
        using var original = new StringContent("abcde");
        using var content = new BufferedRequestContent(original, "abcde"u8.ToArray(), new Splice(1, 2, default));
        using var other = new BufferedRequestContent(original, "abcde"u8.ToArray(), new Splice(1, 2, default));
        using var synchronous = new MemoryStream();

        other.CopyTo(synchronous, context: null, Token);

        Assert.Equal("ade", await content.ReadAsStringAsync(Token));
        Assert.Equal("ade", Encoding.UTF8.GetString(synchronous.ToArray()));
    }

    [Fact]
    public async Task Request_DisposedWhileItIsSent_HasItsResponseAndItsRecord()
    {
        var answered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var client = Capture(async (_, _) =>
        {
            await answered.Task;
            return Answer();
        });
        HttpRequestMessage request = Chat.Request(Streamed);
        request.Content = Content(Streamed, out OneWayStream stream);

        Task<HttpResponseMessage> sending = client.SendAsync(request, Token);
        request.Dispose();
        answered.SetResult();
        using HttpResponseMessage response = await sending;

        Assert.Equal(Events, await response.Content.ReadAsStringAsync(Token));
        Assert.Equal(UsageStatus.Exact, Assert.Single(_sink.Records).Status);
        Assert.True(stream.IsDisposed);
    }

    [Fact]
    public async Task Request_DisposedWhileItIsSent_HasTheRealException()
    {
        var failed = new TaskCompletionSource<HttpResponseMessage>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var client = Capture((_, _) => failed.Task);
        HttpRequestMessage request = Chat.Request(Streamed);

        Task<HttpResponseMessage> sending = client.SendAsync(request, Token);
        request.Dispose();
        var failure = new HttpRequestException("reset");
        failed.SetException(failure);

        Assert.Same(failure, await Assert.ThrowsAsync<HttpRequestException>(() => sending));
        Assert.Equal(UsageOutcome.Faulted, Assert.Single(_sink.Records).Outcome);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(503)]
    public async Task Content_ThatCanBeReadOnlyOnce_ServesTheRetryOfAnOuterHandler(int status)
    {
        List<string> bodies = [];
        using var client = Capture(async (request, token) =>
        {
            if (bodies.Count == 0 && status == 0)
            {
                bodies.Add("");
                throw new HttpRequestException("No connection.");
            }

            bodies.Add(await ReadAsync(request.Content!, token));
            return bodies.Count == 1 ? new HttpResponseMessage((HttpStatusCode)status) : Answer();
        });
        using HttpRequestMessage request = Chat.Request();
        HttpContent content = request.Content = Content(Streamed, out _);

        if (status == 0)
        {
            await Assert.ThrowsAsync<HttpRequestException>(() => client.SendAsync(request, Token));
        }
        else
        {
            using HttpResponseMessage refused = await client.SendAsync(request, Token);
        }

        using HttpResponseMessage response = await client.SendAsync(request, Token);
        await response.Content.ReadAsStringAsync(Token);

        Assert.Equal(Spliced, bodies[1]);
        Assert.Same(content, request.Content);
        UsageRecord[] records = [.. _sink.Records.OrderBy(record => record.Attempt)];
        Assert.Equal([1, 2], records.Select(record => record.Attempt));
        Assert.Equal((UsageRequestState.AskedByHandler, UsageStatus.Exact), (records[1].UsageRequest!.Value, records[1].Status));
    }

    [Theory]
    [InlineData(typeof(IOException), true)]
    [InlineData(typeof(IOException), false)]
    [InlineData(typeof(InvalidOperationException), true)]
    [InlineData(typeof(FormatException), true)]
    [InlineData(typeof(FormatException), false)]
    [InlineData(typeof(ObjectDisposedException), true)]
    public async Task Content_ThatThrows_ThrowsTheSameAsWithoutTheHandler(Type type, bool knowsLength)
    {
        await using ChatServer server = await ChatServer.StartAsync();
        using HttpClient bare = Client.Bare();
        using HttpClient captured = Client.Captured(_sink);

        foreach (bool synchronous in (bool[])[false, true])
        {
            string without = await FailAsync(bare, server, type, knowsLength, synchronous);
            string with = await FailAsync(captured, server, type, knowsLength, synchronous);
            Assert.Equal(without, with);
        }

        Assert.Empty(_sink.Records);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Content_LongerThanTheBuffer_PassesThroughInBoundedMemory(bool synchronous)
    {
        const long Length = 2L * 1024 * 1024 * 1024;
        long sent = 0;
        using var client = Capture(async (request, token) =>
        {
            var counter = new CountingStream();
            if (synchronous)
            {
                request.Content!.CopyTo(counter, null, token);
            }
            else
            {
                await request.Content!.CopyToAsync(counter, token);
            }

            sent = counter.Count;
            return Answer();
        });
        using HttpRequestMessage request = Chat.Request();
        HttpContent content = request.Content = new StreamContent(new BlankStream(Length), 1024 * 1024);

        long allocated = GC.GetTotalAllocatedBytes();
        using HttpResponseMessage response = synchronous ? client.Send(request, Token) : await client.SendAsync(request, Token);
        allocated = GC.GetTotalAllocatedBytes() - allocated;
        await response.Content.ReadAsStringAsync(Token);

        Assert.Equal(Length, sent);
        Assert.InRange(allocated, 0, Length / 2); // Other tests allocate at the same time.
        Assert.Same(content, request.Content);
        Assert.Equal(UsageStatus.Exact, Assert.Single(_sink.Records).Status);
    }

    [Fact]
    public async Task Content_WithAnAnnouncedLengthOverTheBuffer_IsSentUnreadAndRecorded()
    {
        HttpContent? sent = null;
        using var client = Capture((request, _) =>
        {
            sent = request.Content;
            return Task.FromResult(Answer());
        });
        using HttpRequestMessage request = Chat.Request();
        request.Content = new StreamContent(new MemoryStream());
        request.Content.Headers.ContentLength = RequestBuffer.MaxBodyLength + 1L;

        using HttpResponseMessage response = await client.SendAsync(request, Token);
        await response.Content.ReadAsStringAsync(Token);

        Assert.Same(request.Content, sent);
        Assert.Equal(UsageStatus.Exact, Assert.Single(_sink.Records).Status);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Buffer_ThatIsFull_PassesTheRestOnUnchanged(bool synchronous)
    {
        byte[] body = [.. Enumerable.Range(0, 1000).Select(number => (byte)number)];
        var buffer = new RequestBuffer(maxLength: 100, mayBlock: true);
        using var original = new StreamContent(new OneWayStream(body), bufferSize: 7);
        Task writing = synchronous
            ? Task.Factory.StartNew(() => original.CopyTo(buffer, null, Token), Token, TaskCreationOptions.LongRunning, TaskScheduler.Default)
            : original.CopyToAsync(buffer, Token);
        await buffer.Overflowed.WaitAsync(Token);
        Assert.InRange(buffer.Start.Length, 1, 100);
        using var content = new SingleUseRequestContent(original, buffer.Start, buffer, writing);

        using var copy = new MemoryStream();
        if (synchronous)
        {
            content.CopyTo(copy, null, Token);
        }
        else
        {
            await content.CopyToAsync(copy, Token);
        }

        Assert.Equal(body, copy.ToArray());
        await Assert.ThrowsAsync<InvalidOperationException>(() => content.CopyToAsync(copy, Token));
    }

    private static async Task<string> FailAsync(HttpClient client, ChatServer server, Type type, bool knowsLength, bool synchronous)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, server.At("v1/chat/completions"));
        request.Content = new ThrowingContent(type, knowsLength);
        Exception? exception = await Record.ExceptionAsync(
            async () => (synchronous ? client.Send(request, Token) : await client.SendAsync(request, Token)).Dispose());
        return $"{exception?.GetType()} > {exception?.InnerException?.GetType()}";
    }

    private static StreamContent Content(string body, out OneWayStream stream) => new(stream = new OneWayStream(Encoding.UTF8.GetBytes(body)));

    private static HttpResponseMessage Answer() => new() { Content = new StringContent(Events, Encoding.UTF8, "text/event-stream") };

    // A handler reads a content as a socket does. It does not buffer the content.
    private static async Task<string> ReadAsync(HttpContent content, CancellationToken cancellationToken)
    {
        using var body = new MemoryStream();
        await content.CopyToAsync(body, cancellationToken);
        return Encoding.UTF8.GetString(body.ToArray());
    }

    // An invoker may send the same request again, as an outer handler that retries does.
    private HttpMessageInvoker Capture(Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> answer) =>
        new(new UsageCaptureHandler(_sink) { InnerHandler = new AnsweringHandler(answer) });

    private sealed class OneWayStream(byte[] bytes) : MemoryStream(bytes)
    {
        public bool IsDisposed { get; private set; }

        public override bool CanSeek => false;

        protected override void Dispose(bool disposing)
        {
            IsDisposed = true;
            base.Dispose(disposing);
        }
    }

    private sealed class ThrowingContent(Type type, bool knowsLength) : HttpContent
    {
        protected override bool TryComputeLength(out long length)
        {
            length = 100;
            return knowsLength;
        }

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync("{\"model\":"u8.ToArray(), Token);
            throw Failure();
        }

        protected override void SerializeToStream(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            stream.Write("{\"model\":"u8);
            throw Failure();
        }

        private Exception Failure() => (Exception)Activator.CreateInstance(type, "The content failed.")!;
    }

    private sealed class CountingStream : MemoryStream
    {
        public long Count { get; private set; }

        public override void Write(byte[] buffer, int offset, int count) => Count += count;

        public override void Write(ReadOnlySpan<byte> buffer) => Count += buffer.Length;

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
        {
            Count += count;
            return Task.CompletedTask;
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Count += buffer.Length;
            return default;
        }
    }

    /// <summary>A stream of unknown length.</summary>
    private sealed class BlankStream(long length) : MemoryStream
    {
        private long _rest = length;

        public override bool CanSeek => false;

        public override int Read(Span<byte> buffer)
        {
            int read = (int)Math.Min(buffer.Length, _rest);
            _rest -= read;
            return read;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            Task.FromResult(Read(buffer.AsSpan(offset, count)));

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(Read(buffer.Span));

        public override void CopyTo(Stream destination, int bufferSize)
        {
            byte[] buffer = new byte[bufferSize];
            while (Read(buffer) is > 0 and int read)
            {
                destination.Write(buffer.AsSpan(0, read));
            }
        }

        public override async Task CopyToAsync(Stream destination, int bufferSize, CancellationToken cancellationToken)
        {
            byte[] buffer = new byte[bufferSize];
            while (Read(buffer) is > 0 and int read)
            {
                await destination.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            }
        }
    }
}
