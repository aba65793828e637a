using System.IO.Pipelines;
using System.Net;
using System.Text;

namespace UsageCapture.Tests.Requests;

/// <summary>An error whose body is slow or never ends: looking into it delays the caller only for a moment, and loses nothing.</summary>
public sealed class SlowErrorTests
{
    private readonly InMemoryUsageSink _sink = new();
    private readonly ManualTimeProvider _clock = new();
    private readonly Pipe _body = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(400)]
    [InlineData(422)]
    public async Task Error_ThatStalls_IsTheCallersAfterAMomentAndContinues(int status)
    {
        using HttpMessageInvoker client = Capture(status, _body.Reader.AsStream());
        await _body.Writer.WriteAsync("first"u8.ToArray(), Token);
        using HttpRequestMessage request = Chat.Request();

        Task<HttpResponseMessage> sending = client.SendAsync(request, Token);
        while (!sending.IsCompleted)
        {
            Token.ThrowIfCancellationRequested();
            _clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        using HttpResponseMessage response = await sending;
        Assert.Equal((HttpStatusCode)status, response.StatusCode);
        Stream stream = await response.Content.ReadAsStreamAsync(Token);
        byte[] buffer = new byte[100];
        Assert.Equal("first", Encoding.UTF8.GetString(buffer, 0, await stream.ReadAsync(buffer, Token)));
        ValueTask<int> next = stream.ReadAsync(buffer, Token);
        Assert.False(next.IsCompleted);
        await _body.Writer.WriteAsync("second"u8.ToArray(), Token);
        Assert.Equal("second", Encoding.UTF8.GetString(buffer, 0, await next));
        await _body.Writer.WriteAsync("third"u8.ToArray(), Token);
        await _body.Writer.CompleteAsync();
        using var reader = new StreamReader(stream);
        Assert.Equal("third", await reader.ReadToEndAsync(Token));
        Assert.Equal(UsageOutcome.Rejected, Assert.Single(_sink.Records).Outcome);
    }

    [Fact]
    public async Task Error_ThatStallsForASynchronousCaller_IsTheCallersAfterAMomentAndContinues()
    {
        using HttpMessageInvoker client = Capture(400, _body.Reader.AsStream());
        await _body.Writer.WriteAsync("first"u8.ToArray(), Token);
        using HttpRequestMessage request = Chat.Request();

        using HttpResponseMessage response = client.Send(request, Token);

        await _body.Writer.WriteAsync("second"u8.ToArray(), Token);
        await _body.Writer.CompleteAsync();
        using var reader = new StreamReader(response.Content.ReadAsStream(Token));
        Assert.Equal("firstsecond", await Task.Run(reader.ReadToEnd, Token));
    }

    [Fact]
    public async Task Error_ThatBreaksAfterItStalled_BreaksForTheCallerThere()
    {
        using HttpMessageInvoker client = Capture(400, _body.Reader.AsStream());
        using HttpRequestMessage request = Chat.Request();
        Task<HttpResponseMessage> sending = client.SendAsync(request, Token);
        while (!sending.IsCompleted)
        {
            Token.ThrowIfCancellationRequested();
            _clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        using HttpResponseMessage response = await sending;
        Stream stream = await response.Content.ReadAsStreamAsync(Token);
        await _body.Writer.CompleteAsync(new IOException("reset"));

        IOException exception = await Assert.ThrowsAsync<IOException>(async () => await stream.ReadAsync(new byte[1], Token));
        Assert.Equal("reset", exception.Message);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Caller_ThatCancelsWhileAnErrorIsLookedInto_LeavesNoResponseOpen(bool synchronous)
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var body = new WaitingStream(cancel.Cancel);
        using HttpMessageInvoker client = Capture(400, body);
        using HttpRequestMessage request = Chat.Request();

        Task<HttpResponseMessage> sending = synchronous
            ? Task.Factory.StartNew(() => client.Send(request, cancel.Token), Token, TaskCreationOptions.LongRunning, TaskScheduler.Default)
            : client.SendAsync(request, cancel.Token);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
        Assert.True(body.IsDisposed);
        Assert.Equal(UsageOutcome.Canceled, Assert.Single(_sink.Records).Outcome);
    }

    private HttpMessageInvoker Capture(int status, Stream body) => new(new UsageCaptureHandler(_sink, timeProvider: _clock)
    {
        InnerHandler = new AnsweringHandler((_, _) => Task.FromResult(new HttpResponseMessage((HttpStatusCode)status) { Content = new StreamContent(body) })),
    });

    /// <summary>A body whose read returns when it is disposed, as that of a socket does.</summary>
    private sealed class WaitingStream(Action onRead) : MemoryStream
    {
        private readonly TaskCompletionSource<int> _disposed = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool IsDisposed => _disposed.Task.IsCompleted;

        public override int Read(Span<byte> buffer) => ReadAsync(default).AsTask().GetAwaiter().GetResult();

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            onRead();
            return new ValueTask<int>(_disposed.Task);
        }

        protected override void Dispose(bool disposing)
        {
            _disposed.TrySetException(new ObjectDisposedException(nameof(WaitingStream)));
            base.Dispose(disposing);
        }
    }
}
