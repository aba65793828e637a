using System.Text;

using UsageCapture.Testing;
using UsageCapture.Tests.Cutting;

namespace UsageCapture.Tests.Responses;

/// <summary>A stream that says <c>[DONE]</c> without usage: the record is there before the caller sees it, 100 ms later at most.</summary>
public sealed class EndWithoutUsageTests
{
    private const string BeforeEnd = "data: ";

    private static readonly string Start = Chat.Text + Chat.Finish + BeforeEnd;
    private static readonly string End = Chat.Done[BeforeEnd.Length..];

    private readonly InMemoryUsageSink _sink = new();
    private readonly ManualTimeProvider _clock = new();
    private readonly ReplayGate _gate = new();

    public static TheoryData<ReadKind> Kinds => [.. Enum.GetValues<ReadKind>()];

    public static TheoryData<ReadKind, InjectedUsageMode> AsyncKinds
    {
        get
        {
            var kinds = new TheoryData<ReadKind, InjectedUsageMode>();
            foreach (InjectedUsageMode mode in Enum.GetValues<InjectedUsageMode>())
            {
                kinds.Add(ReadKind.ReadAsync, mode);
                kinds.Add(ReadKind.StreamCopyToAsync, mode);
                kinds.Add(ReadKind.ContentCopyToAsync, mode);
            }

            return kinds;
        }
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(AsyncKinds))]
    public async Task End_WithoutUsage_IsHeldBackFor100Milliseconds(ReadKind kind, InjectedUsageMode mode)
    {
        using HttpResponseMessage response = await SendAsync(Stalling(Chat.Text + Chat.Finish + Chat.Done), Options(mode));
        var destination = new Destination(_sink);
        _ = CopyAsync(response.Content, kind, destination, Token);

        await destination.WaitForAsync(Start);
        _clock.WaitForTimer();
        _clock.Advance(TimeSpan.FromMilliseconds(99));
        Assert.Empty(_sink.Records);
        _clock.Advance(TimeSpan.FromMilliseconds(1));

        await destination.WaitForAsync(Start + End);
        UsageRecord record = Assert.Single(destination.RecordsAtLastWrite);
        Assert.Equal((UsageOutcome.Completed, UsageStatus.Missing, true), (record.Outcome, record.Status, record.NeedsReview));
    }

    [Theory]
    [MemberData(nameof(AsyncKinds))]
    public async Task End_FollowedByUsageInTime_HasTheUsage(ReadKind kind, InjectedUsageMode mode)
    {
        using HttpResponseMessage response = await SendAsync(Gated(Chat.Text + Chat.Finish + Chat.Done, Chat.Usage), Options(mode));
        var destination = new Destination(_sink);
        _gate.Release();
        Task copying = CopyAsync(response.Content, kind, destination, Token);

        await destination.WaitForAsync(Start);
        _clock.WaitForTimer();
        _clock.Advance(TimeSpan.FromMilliseconds(99));
        _gate.Release();

        await destination.WaitForAsync(Start + End + (mode == InjectedUsageMode.Hide ? "" : Chat.Usage));
        UsageRecord record = Assert.Single(destination.RecordsAtLastWrite);
        Assert.Equal((UsageStatus.Exact, 10, UsageAnomalies.UsageAfterTerminator), (record.Status, record.Usage?.TotalTokens, record.Anomalies));
        _gate.Open();
        await copying;
    }

    [Theory]
    [MemberData(nameof(AsyncKinds))]
    public async Task Bytes_AfterTheTime_ReachTheCallerAndAreNotRecorded(ReadKind kind, InjectedUsageMode mode)
    {
        using HttpResponseMessage response = await SendAsync(Gated(Chat.Text + Chat.Finish + Chat.Done, Chat.Usage), Options(mode));
        var destination = new Destination(_sink);
        _gate.Release();
        Task copying = CopyAsync(response.Content, kind, destination, Token);
        await destination.WaitForAsync(Start);
        _clock.WaitForTimer();
        _clock.Advance(TimeSpan.FromMilliseconds(100));
        await destination.WaitForAsync(Start + End);

        _gate.Open();
        await copying;

        Assert.Equal(Start + End + Chat.Usage, destination.Text);
        Assert.Equal(UsageStatus.Missing, Assert.Single(_sink.Records).Status);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Body_ThatEndsAfterItsEnd_IsNotDelayed(ReadKind kind)
    {
        using HttpResponseMessage response = await SendAsync(Chat.Of(Chat.Text, Chat.Finish, Chat.Done));
        var destination = new Destination(_sink);

        await CopyAsync(response.Content, kind, destination, Token); // The clock stands still.

        Assert.Equal(Start + End, destination.Text);
        Assert.Equal(UsageStatus.Missing, Assert.Single(destination.RecordsAtLastWrite).Status);
    }

    [Theory]
    [MemberData(nameof(AsyncKinds))]
    public async Task End_WhereUsageWasNotAskedFor_IsNotHeldBack(ReadKind kind, InjectedUsageMode mode)
    {
        UsageCaptureOptions options = Options(mode);
        options.UsageRequest = UsageRequestMode.Never;
        using HttpResponseMessage response = await SendAsync(Stalling(Chat.Text + Chat.Finish + Chat.Done), options);
        var destination = new Destination(_sink);
        _ = CopyAsync(response.Content, kind, destination, Token);

        await destination.WaitForAsync(Start + End); // The clock stands still.

        UsageRecord record = Assert.Single(destination.RecordsAtLastWrite);
        Assert.Equal((UsageOutcome.Completed, UsageStatus.Missing, UsageRequestState.NotAsked), (record.Outcome, record.Status, record.UsageRequest));
    }

    [Fact]
    public async Task End_WithoutUsage_IsInTheScopeWhenTheCallerSeesIt()
    {
        using UsageScope scope = UsageScope.Begin();
        using HttpResponseMessage response = await SendAsync(Chat.Of(Chat.Text, Chat.Finish, Chat.Done));

        await (await response.Content.ReadAsStreamAsync(Token)).ReadExactlyAsync(new byte[(Start + End).Length], Token);

        Assert.True(scope.NeedsReview);
    }

    [Theory]
    [MemberData(nameof(AsyncKinds))]
    public async Task Cancellation_WhileTheEndIsHeldBack_IsAsWithoutTheHandler(ReadKind kind, InjectedUsageMode mode)
    {
        (string text, Exception exception) plain = await CancelAsync(new HttpClient(Stalling(Chat.Text + Chat.Finish + Chat.Done)), kind, Start + End);
        (string text, Exception exception) captured = await CancelAsync(
            Client(Stalling(Chat.Text + Chat.Finish + Chat.Done), Options(mode)), kind, Start);

        Assert.Equal(plain.text, captured.text);
        Assert.Equal(plain.exception.GetType(), captured.exception.GetType());
        Assert.Equal(UsageOutcome.Completed, Assert.Single(_sink.Records).Outcome);
    }

    [Theory]
    [MemberData(nameof(AsyncKinds))]
    public async Task Failure_WhileTheEndIsHeldBack_IsAsWithoutTheHandler(ReadKind kind, InjectedUsageMode mode)
    {
        Recording answer = Chat.Of(Chat.Text, Chat.Finish, Chat.Done).ResetAfter((Start + End).Length);
        (string Text, Exception Exception) plain = await FailAsync(new HttpClient(new ReplayHandler(answer)), kind);
        (string Text, Exception Exception) captured = await FailAsync(Client(new ReplayHandler(answer), Options(mode)), kind);

        Assert.Equal(plain.Text, captured.Text);
        Assert.Equal((plain.Exception.GetType(), plain.Exception.Message), (captured.Exception.GetType(), captured.Exception.Message));
        Assert.Equal(UsageOutcome.Faulted, Assert.Single(_sink.Records).Outcome);
    }

    [Fact]
    public async Task Response_DisposedAfterTheTime_IsClosed()
    {
        ReplayHandler server = Stalling(Chat.Text + Chat.Finish + Chat.Done);
        HttpResponseMessage response = await SendAsync(server);
        Stream body = await response.Content.ReadAsStreamAsync(Token);
        Assert.Equal(Start.Length, await body.ReadAsync(new byte[4096], Token));
        ValueTask<int> reading = body.ReadAsync(new byte[100], Token);
        _clock.WaitForTimer();
        _clock.Advance(TimeSpan.FromMilliseconds(100));
        Assert.Equal(End.Length, await reading);

        response.Dispose();

        Assert.Equal(0, server.OpenResponseCount);
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await body.ReadAsync(new byte[1], Token));
    }

    [Fact]
    public async Task Response_LeftBeforeItsHeldEnd_IsDrained()
    {
        HttpResponseMessage response = await SendAsync(Gated(Chat.Text + Chat.Finish + Chat.Done, Chat.Usage));
        _gate.Release();
        Assert.Equal(Start.Length, await (await response.Content.ReadAsStreamAsync(Token)).ReadAsync(new byte[4096], Token));

        response.Dispose();
        _gate.Open();

        UsageRecord record = Assert.Single(await _sink.WaitForAsync(1, Token));
        Assert.Equal((UsageOutcome.Completed, UsageStatus.Exact), (record.Outcome, record.Status));
    }

    [Theory]
    [InlineData(ReadKind.Read)]
    [InlineData(ReadKind.ContentCopyTo)]
    public async Task SynchronousReader_OfAnEndThatStalls_GetsItAndTheRestLater(ReadKind kind)
    {
        using var body = new BlockingStream(Chat.Text + Chat.Finish + Chat.Done, Chat.Usage);
        var server = new AnsweringHandler((_, _) => Task.FromResult(new HttpResponseMessage { Content = new StreamContent(body) }));
        using var client = new HttpClient(new UsageCaptureHandler(_sink) { InnerHandler = server });
        using HttpRequestMessage request = Chat.Request();
        using HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
        var destination = new Destination(_sink);
        Task copying = Task.Factory.StartNew(
            () => CopyAsync(response.Content, kind, destination, Token), Token, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();

        await destination.WaitForAsync(Start + End);
        Assert.Equal(UsageStatus.Missing, Assert.Single(destination.RecordsAtLastWrite).Status);
        body.Release();

        await copying;
        Assert.Equal(Start + End + Chat.Usage, destination.Text);
    }

    private static UsageCaptureOptions Options(InjectedUsageMode mode) => new() { InjectedUsage = mode };

    private static ReplayHandler Stalling(string body) => new(Chat.Stalling(body));

    /// <summary>Makes a server that sends the next of these pieces when the gate is released.</summary>
    private ReplayHandler Gated(params string[] pieces)
    {
        Recording answer = Chat.Of(pieces);
        RecordedChunk[] chunks = [.. pieces.Select(piece => new RecordedChunk { Length = piece.Length })];
        return new ReplayHandler(answer with { Response = answer.Response with { Chunks = chunks } }) { Gate = _gate };
    }

    private static async Task CopyAsync(HttpContent content, ReadKind kind, Destination destination, CancellationToken cancellationToken)
    {
        switch (kind)
        {
            case ReadKind.ReadAsync:
            case ReadKind.Read:
                Stream body = await content.ReadAsStreamAsync(Token);
                byte[] buffer = new byte[100];
                int read;
                while ((read = kind == ReadKind.Read ? body.Read(buffer) : await body.ReadAsync(buffer, cancellationToken)) > 0)
                {
                    destination.Write(buffer.AsSpan(0, read));
                }

                break;
            case ReadKind.StreamCopyToAsync:
                await (await content.ReadAsStreamAsync(Token)).CopyToAsync(destination, cancellationToken);
                break;
            case ReadKind.ContentCopyToAsync:
                await content.CopyToAsync(destination, cancellationToken);
                break;
            case ReadKind.ContentCopyTo:
                content.CopyTo(destination, context: null, cancellationToken);
                break;
            default:
                destination.Write(await content.ReadAsByteArrayAsync(cancellationToken));
                break;
        }
    }

    /// <summary>Cancels a copy when it has come to where it waits.</summary>
    /// <returns>What was copied, and the exception.</returns>
    private async Task<(string Text, Exception Exception)> CancelAsync(HttpClient client, ReadKind kind, string until)
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);
        using HttpRequestMessage request = Chat.Request("""{"model":"m","stream":true,"stream_options":{"include_usage":true}}""");
        using HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
        var destination = new Destination(_sink);
        Task copying = CopyAsync(response.Content, kind, destination, cancel.Token);
        await destination.WaitForAsync(until);
        await cancel.CancelAsync();
        var exception = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => copying);
        Assert.Equal(cancel.Token, exception.CancellationToken);
        return (destination.Text, exception);
    }

    private async Task<(string Text, Exception Exception)> FailAsync(HttpClient client, ReadKind kind)
    {
        using HttpRequestMessage request = Chat.Request();
        using HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
        var destination = new Destination(_sink);
        Exception exception = await Assert.ThrowsAnyAsync<Exception>(() => CopyAsync(response.Content, kind, destination, Token));
        return (destination.Text, exception);
    }

    private HttpClient Client(HttpMessageHandler server, UsageCaptureOptions? options = null) =>
        new(new UsageCaptureHandler(_sink, options, timeProvider: _clock) { InnerHandler = server });

    private Task<HttpResponseMessage> SendAsync(Recording answer) => SendAsync(new ReplayHandler(answer));

    private async Task<HttpResponseMessage> SendAsync(ReplayHandler server, UsageCaptureOptions? options = null)
    {
        using HttpRequestMessage request = Chat.Request();
        return await Client(server, options).SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
    }

    /// <summary>Keeps what is written, and which records there were at the last write.</summary>
    private sealed class Destination(InMemoryUsageSink sink) : MemoryStream
    {
        private readonly Lock _lock = new();
        private readonly StringBuilder _text = new();
        private TaskCompletionSource _written = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public IReadOnlyList<UsageRecord> RecordsAtLastWrite { get; private set; } = [];

        public string Text
        {
            get
            {
                lock (_lock)
                {
                    return _text.ToString();
                }
            }
        }

        public async Task WaitForAsync(string text)
        {
            Task written = Task.CompletedTask;
            do
            {
                await written.WaitAsync(Token);
                lock (_lock)
                {
                    written = _written.Task;
                    Assert.StartsWith(_text.ToString(), text, StringComparison.Ordinal);
                }
            }
            while (Text != text);
        }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            lock (_lock)
            {
                RecordsAtLastWrite = [.. sink.Records];
                _text.Append(Encoding.UTF8.GetString(buffer));
                _written.SetResult();
                _written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Write(buffer.Span);
            return default;
        }

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
    }

    /// <summary>A body whose second piece comes when it is released. A read blocks until then.</summary>
    private sealed class BlockingStream(string first, string second) : MemoryStream(Encoding.UTF8.GetBytes(first + second))
    {
        private readonly ManualResetEventSlim _released = new();

        public void Release() => _released.Set();

        public override int Read(byte[] buffer, int offset, int count)
        {
            if (Position >= first.Length)
            {
                _released.Wait(Token);
            }

            return base.Read(buffer, offset, Position < first.Length ? Math.Min(count, first.Length - (int)Position) : count);
        }

        public override int Read(Span<byte> buffer)
        {
            byte[] bytes = new byte[buffer.Length];
            int read = Read(bytes, 0, bytes.Length);
            bytes.AsSpan(0, read).CopyTo(buffer);
            return read;
        }

        public override void CopyTo(Stream destination, int bufferSize)
        {
            byte[] buffer = new byte[bufferSize];
            int read;
            while ((read = Read(buffer)) > 0)
            {
                destination.Write(buffer, 0, read);
            }
        }

        protected override void Dispose(bool disposing)
        {
            _released.Dispose();
            base.Dispose(disposing);
        }
    }
}
