using System.IO.Pipelines;
using System.Net;
using System.Net.Http.Headers;
using System.Text;

using UsageCapture.Testing.Observation;

namespace UsageCapture.Tests.Exchanges;

/// <summary>The error of a rejected response that is disposed unread, as retry handlers do: it is read within limits, and disposing does not wait.</summary>
public sealed class UnreadErrorTests
{
    private const string Error = """{"error":{"message":"No.","type":"requests","code":"rate_limit_exceeded"}}""";

    private readonly InMemoryUsageSink _sink = new();
    private readonly ManualTimeProvider _clock = new();
    private readonly Pipe _body = new(new PipeOptions(pauseWriterThreshold: 0)); // Writing never waits.

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<int, bool> Rejections => new MatrixTheoryData<int, bool>([400, 401, 429, 500, 503, 529], [true, false]);

    [Theory]
    [MemberData(nameof(Rejections))]
    public async Task Error_ThatHasArrived_IsInTheRecordWhenTheResponseIsDisposed(int status, bool opensStream)
    {
        HttpResponseMessage response = await SendAsync(new StringContent(Error, Encoding.UTF8, "application/json"), status);
        if (opensStream)
        {
            await (await response.Content.ReadAsStreamAsync(Token)).DisposeAsync();
        }

        response.Dispose();

        UsageRecord record = Assert.Single(_sink.Records);
        Assert.Equal(new UsageError { Code = "rate_limit_exceeded", Type = "requests" }, record.Error);
        Assert.Equal((UsageOutcome.Rejected, UsageStatus.Missing, status, false), (record.Outcome, record.Status, record.StatusCode, record.NeedsReview));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Error_ThatArrivesLater_IsReadInTheBackground(bool partly)
    {
        var (response, body) = await SendStreamAsync();
        if (partly)
        {
            await _body.Writer.WriteAsync(Encoding.UTF8.GetBytes(Error[..10]), Token);
        }

        response.Dispose();
        Assert.Empty(_sink.Records);
        Assert.False(body.IsDisposed);

        // The body does not end. The error alone ends the reading.
        await _body.Writer.WriteAsync(Encoding.UTF8.GetBytes(partly ? Error[10..] : Error), Token);

        Assert.Equal("rate_limit_exceeded", Assert.Single(await _sink.WaitForAsync(1, Token)).Error?.Code);
        Wait.Until(() => body.IsDisposed);
    }

    [Fact]
    public async Task Error_ThatTheCallerHasReadInPart_IsReadOn()
    {
        var (response, _) = await SendStreamAsync();
        await _body.Writer.WriteAsync(Encoding.UTF8.GetBytes(Error), Token);
        Stream stream = await response.Content.ReadAsStreamAsync(Token);
        await stream.ReadExactlyAsync(new byte[10], Token);

        response.Dispose();

        Assert.Equal("rate_limit_exceeded", Assert.Single(_sink.Records).Error?.Code);
    }

    [Fact]
    public async Task Error_ThatDoesNotArrive_IsGivenUpAfterASecond()
    {
        var (response, body) = await SendStreamAsync();
        response.Dispose();

        _clock.Advance(TimeSpan.FromSeconds(0.9));
        Assert.Empty(_sink.Records);
        _clock.Advance(TimeSpan.FromSeconds(0.1));

        UsageRecord record = Assert.Single(await _sink.WaitForAsync(1, Token));
        Assert.Equal((UsageOutcome.Rejected, null), (record.Outcome, record.Error));
        Wait.Until(() => body.IsDisposed);
    }

    [Fact]
    public async Task Error_ThatIsTooLong_IsGivenUpAfter16KiB()
    {
        var (response, body) = await SendStreamAsync();
        await _body.Writer.WriteAsync(Encoding.UTF8.GetBytes($"{new string(' ', 16 * 1024)}{Error}"), Token);

        response.Dispose();

        Assert.Null(Assert.Single(_sink.Records).Error);
        Assert.True(body.IsDisposed);
        Assert.Equal(16 * 1024, body.ReadCount);
    }

    [Fact]
    public async Task Error_ThatBreaks_IsPublishedWithoutIt()
    {
        var (response, body) = await SendStreamAsync();
        await _body.Writer.CompleteAsync(new IOException("reset"));

        response.Dispose();

        Assert.Null(Assert.Single(_sink.Records).Error);
        Assert.True(body.IsDisposed);
    }

    [Fact]
    public async Task Error_WithDrainingOff_IsNotRead()
    {
        var (response, body) = await SendStreamAsync(new UsageCaptureOptions { DrainTimeout = TimeSpan.Zero });
        await _body.Writer.WriteAsync(Encoding.UTF8.GetBytes(Error), Token);

        response.Dispose();

        Assert.Null(Assert.Single(_sink.Records).Error);
        Assert.True(body.IsDisposed);
        Assert.Equal(0, body.ReadCount);
    }

    [Fact]
    public async Task Error_WhileTheCallerReads_IsNotReadByTwo()
    {
        var (response, body) = await SendStreamAsync();
        Stream stream = await response.Content.ReadAsStreamAsync(Token);
        Task<int> read = stream.ReadAsync(new byte[10], 0, 10, Token);

        response.Dispose();

        Assert.Equal(UsageOutcome.Rejected, Assert.Single(_sink.Records).Outcome);
        Assert.True(body.IsDisposed);
        Assert.False(read.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Errors_MoreThanAreReadAtATime_ArePublishedAtOnceWithoutAWarning()
    {
        var log = new CollectingLogger<UsageCaptureHandler>();
        using UsageCaptureHandler handler = new(_sink, new UsageCaptureOptions { MaxConcurrentDrains = 2 }, log, _clock) { InnerHandler = StallingServer() };
        for (int i = 0; i < 3; i++)
        {
            (await SendAsync(handler)).Dispose();
        }

        UsageRecord record = Assert.Single(_sink.Records);
        Assert.Equal((UsageOutcome.Rejected, UsageAnomalies.None), (record.Outcome, record.Anomalies));
        Assert.Empty(log.Entries);
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(3, (await _sink.WaitForAsync(3, Token)).Count);
    }

    [Fact]
    public async Task FlushAsync_WhileAnErrorIsRead_WaitsForItsRecord()
    {
        using UsageCaptureHandler handler = new(_sink, timeProvider: _clock) { InnerHandler = StallingServer() };
        (await SendAsync(handler)).Dispose();

        Task flush = handler.FlushAsync(Token);
        Assert.False(flush.IsCompleted);
        _clock.Advance(TimeSpan.FromSeconds(1));
        await flush.WaitAsync(Token);

        Assert.Single(_sink.Records);
    }

    private static AnsweringHandler StallingServer() => new((_, _) => Task.FromResult(Answer(new StreamContent(new Pipe().Reader.AsStream()), 503)));

    private async Task<(HttpResponseMessage Response, CountingStream Body)> SendStreamAsync(UsageCaptureOptions? options = null)
    {
        var body = new CountingStream(_body.Reader.AsStream());
        return (await SendAsync(new StreamContent(body), 429, options), body);
    }

    private Task<HttpResponseMessage> SendAsync(HttpContent content, int status, UsageCaptureOptions? options = null) =>
        SendAsync(new UsageCaptureHandler(_sink, options, timeProvider: _clock)
        {
            InnerHandler = new AnsweringHandler((_, _) => Task.FromResult(Answer(content, status))),
        });

    private static async Task<HttpResponseMessage> SendAsync(UsageCaptureHandler handler)
    {
        // With the caller's own option, the handler does not look into the error before the caller gets it.
        using HttpRequestMessage request = Chat.Request("""{"model":"m","stream":true,"stream_options":{"include_usage":true}}""");
        using var client = new HttpMessageInvoker(handler, disposeHandler: false);
        return await client.SendAsync(request, Token);
    }

    private static HttpResponseMessage Answer(HttpContent content, int status)
    {
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return new HttpResponseMessage((HttpStatusCode)status) { Content = content };
    }

    /// <summary>Counts the bytes that are read.</summary>
    private sealed class CountingStream(Stream inner) : ForwardOnlyReadStream
    {
        private volatile bool _isDisposed;

        public int ReadCount { get; private set; }

        public bool IsDisposed => _isDisposed;

        public override int Read(Span<byte> buffer) => throw new NotSupportedException();

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            int read = await inner.ReadAsync(buffer, cancellationToken);
            ReadCount += read;
            return read;
        }

        protected override void Dispose(bool disposing)
        {
            _isDisposed = true;
            inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
