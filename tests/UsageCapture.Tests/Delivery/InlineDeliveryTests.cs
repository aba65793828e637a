using System.Text;

using Microsoft.Extensions.Logging;

using UsageCapture.Testing;

namespace UsageCapture.Tests.Delivery;

/// <summary>Inline sinks have the record before the caller can see the end, and cannot hurt the caller.</summary>
public sealed class InlineDeliveryTests
{
    private static readonly string BeforeDone = Chat.Text + Chat.Finish + Chat.Usage + "data: ";

    // Each comes in one piece, and only one ends.
    private static readonly Recording Answer = Chat.Stalling(Chat.Text, Chat.Finish, Chat.Usage, Chat.Done);
    private static readonly Recording Whole = Chat.Of(Chat.Text, Chat.Finish, Chat.Usage, Chat.Done);
    private static readonly Recording Document = Chat.Stalling("""{"choices":[{"finish_reason":"stop"}],"usage":{"prompt_tokens":7}}""");

    private readonly ManualTimeProvider _clock = new();
    private readonly CollectingLogger<UsageCaptureHandler> _log = new();
    private readonly byte[] _buffer = new byte[4096];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Sink_ThatIsNotDoneAtOnce_DelaysOnlyTheTerminator()
    {
        var sink = new GatedSink();
        Stream body = await OpenAsync(Answer, sink);

        Assert.Equal(BeforeDone, Encoding.UTF8.GetString(_buffer, 0, await body.ReadAsync(_buffer, Token)));
        ValueTask<int> end = body.ReadAsync(_buffer, Token);
        await sink.Called.WaitAsync(Token);
        Assert.False(end.IsCompleted);
        sink.Open();

        Assert.Equal("[DONE]\n\n", Encoding.UTF8.GetString(_buffer, 0, await end));
    }

    [Fact]
    public async Task Sink_ThatIsNotDoneAtOnce_DelaysOnlyTheTerminatorOfASynchronousReader()
    {
        var sink = new GatedSink();
        Stream body = await OpenAsync(Answer, sink);

        Assert.Equal(BeforeDone, Encoding.UTF8.GetString(_buffer, 0, body.Read(_buffer)));
        Task<int> end = Task.Run(() => body.Read(_buffer), Token);
        await sink.Called.WaitAsync(Token);
        Assert.False(end.IsCompleted);
        sink.Open();

        Assert.Equal("[DONE]\n\n", Encoding.UTF8.GetString(_buffer, 0, await end));
    }

    [Fact]
    public async Task Sink_ThatIsNotDoneAtOnce_DelaysOnlyTheTerminatorOfACopy()
    {
        var sink = new GatedSink();
        using HttpResponseMessage response = await SendAsync(Whole, sink);
        var copy = new System.IO.Pipelines.Pipe();

        Task copying = response.Content.CopyToAsync(copy.Writer.AsStream(), Token);

        System.IO.Pipelines.ReadResult before = await copy.Reader.ReadAtLeastAsync(BeforeDone.Length, Token);
        Assert.Equal(BeforeDone, Encoding.UTF8.GetString(before.Buffer));
        copy.Reader.AdvanceTo(before.Buffer.End);
        Assert.False(copying.IsCompleted);
        sink.Open();
        await copying;
        Assert.Equal("[DONE]\n\n", Encoding.UTF8.GetString((await copy.Reader.ReadAsync(Token)).Buffer));
    }

    [Fact]
    public async Task Sink_ThatIsNotDoneAtOnce_DelaysOnlyTheLastBracketOfAWholeBody()
    {
        var sink = new GatedSink();
        Stream body = await OpenAsync(Document, sink);

        Assert.EndsWith("7}", Encoding.UTF8.GetString(_buffer, 0, await body.ReadAsync(_buffer, Token)), StringComparison.Ordinal);
        ValueTask<int> end = body.ReadAsync(_buffer, Token);
        Assert.False(end.IsCompleted);
        sink.Open();

        Assert.Equal("}", Encoding.UTF8.GetString(_buffer, 0, await end));
    }

    [Fact]
    public async Task Sink_ThatNeverReturns_DelaysTheTerminatorByThePublishTimeoutAndTheRecordIsLogged()
    {
        Stream body = await OpenAsync(Answer, new GatedSink());
        await body.ReadAsync(_buffer, Token);
        ValueTask<int> end = body.ReadAsync(_buffer, Token);

        _clock.Advance(TimeSpan.FromSeconds(1.9));
        Assert.False(end.IsCompleted);
        _clock.Advance(TimeSpan.FromSeconds(0.1));

        Assert.Equal("[DONE]\n\n", Encoding.UTF8.GetString(_buffer, 0, await end));
        (LogLevel level, string message) = Assert.Single(_log.Entries);
        Assert.Equal(LogLevel.Error, level);
        Assert.Contains("GatedSink did not store a record within the PublishTimeout of 00:00:02", message, StringComparison.Ordinal);
        Assert.Contains("\"input_tokens\":7", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sink_ThatBlocksItsThread_DelaysTheTerminatorByThePublishTimeout()
    {
        using var block = new ManualResetEventSlim();
        Stream body = await OpenAsync(Answer, new ActionSink(_ => block.Wait(Token)));
        Assert.Equal(BeforeDone.Length, await body.ReadAsync(_buffer, Token));
        ValueTask<int> end = body.ReadAsync(_buffer, Token);

        _clock.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal("[DONE]\n\n", Encoding.UTF8.GetString(_buffer, 0, await end));
        block.Set();
    }

    [Fact]
    public async Task Sink_ThatThrows_IsLoggedWithTheRecordAndTheNextSinkHasItsTurn()
    {
        var next = new InMemoryUsageSink();
        using HttpResponseMessage response = await SendAsync(Whole, new ActionSink(_ => throw new InvalidOperationException("The table is gone.")), next);

        Assert.Equal(Chat.Text + Chat.Finish + Chat.Usage + Chat.Done, await response.Content.ReadAsStringAsync(Token));

        Assert.Single(next.Records);
        (LogLevel level, string message) = Assert.Single(_log.Entries);
        Assert.Equal(LogLevel.Error, level);
        Assert.Contains("ActionSink failed and did not store 1 records", message, StringComparison.Ordinal);
        Assert.Contains("\"input_tokens\":7", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Terminator_ThatIsHeldWhenTheCallerDisposes_IsReadByNobody(bool isAsync)
    {
        var sink = new GatedSink();
        Stream body = await OpenAsync(Answer, sink);
        await body.ReadAsync(_buffer, Token);

        await body.DisposeAsync();
        sink.Open();

        await Assert.ThrowsAsync<ObjectDisposedException>(async () => _ = isAsync ? await body.ReadAsync(_buffer, Token) : body.Read(_buffer));
    }

    [Fact]
    public async Task Record_IsWithTheSinkBeforeTheCallerReadsDone()
    {
        string seen = "";
        string? seenWhenWritten = null;
        Stream body = await OpenAsync(Whole, new ActionSink(_ => seenWhenWritten = Volatile.Read(ref seen)));

        while (await body.ReadAsync(_buffer, Token) is > 0 and int read)
        {
            Volatile.Write(ref seen, seen + Encoding.UTF8.GetString(_buffer, 0, read));
        }

        Assert.EndsWith(Chat.Done, seen, StringComparison.Ordinal);
        Assert.DoesNotContain("[DONE]", seenWhenWritten, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Times_AreMeasuredOnTheGivenClock()
    {
        var sink = new InMemoryUsageSink();
        Stream body = await OpenAsync(Chat.Stalling(Chat.Text, Chat.Usage, Chat.Done), sink);
        DateTimeOffset start = _clock.GetUtcNow();
        _clock.Advance(TimeSpan.FromMilliseconds(300));
        await body.ReadExactlyAsync(_buffer.AsMemory(0, Chat.Text.Length), Token);
        _clock.Advance(TimeSpan.FromMilliseconds(700));
        await body.ReadAsync(_buffer, Token);

        UsageRecord record = Assert.Single(sink.Records);
        Assert.Equal(
            (start, TimeSpan.FromMilliseconds(300), TimeSpan.FromSeconds(1)), (record.StartedAt, record.TimeToFirstChunk, record.Duration));
    }

    private async Task<Stream> OpenAsync(Recording answer, params IUsageSink[] sinks) =>
        await (await SendAsync(answer, sinks)).Content.ReadAsStreamAsync(Token);

    private async Task<HttpResponseMessage> SendAsync(Recording answer, params IUsageSink[] sinks)
    {
        var handler = new UsageCaptureHandler(sinks, logger: _log, timeProvider: _clock) { InnerHandler = new ReplayHandler(answer) };
        using HttpRequestMessage request = Chat.Request();
        return await new HttpClient(handler).SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
    }
}
