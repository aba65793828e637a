using System.Collections.Concurrent;

using Microsoft.Extensions.Logging;

using UsageCapture.Testing;

namespace UsageCapture.Tests;

public sealed class BufferedUsageSinkTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Records_ThatWait_ComeInBatchesInTheirOrderAndAllBeforeTheDisposalEnds()
    {
        var sink = new Batches();
        UsageRecord[] records = [.. Enumerable.Range(0, 10).Select(index => Record(index))];
        await using (var buffer = new BufferedUsageSink(sink, new BufferedUsageSinkOptions { MaxBatchSize = 4 }))
        {
            await buffer.WriteAsync([records[0]], Token);
            await sink.Called.WaitAsync(Token);
            await buffer.WriteAsync(records[1..], Token);
            sink.Open();
        }

        Assert.Equal([1, 4, 4, 1], sink.Sizes);
        Assert.Equal(records, sink.Records);
    }

    [Fact]
    public async Task Queue_ThatIsFull_LetsTheEndOfTheResponseWaitAndThenLogsTheRecord()
    {
        var clock = new ManualTimeProvider();
        var log = new CollectingLogger<UsageCaptureHandler>();
        var sink = new Batches();
        await using var buffer = new BufferedUsageSink(sink, new BufferedUsageSinkOptions { Capacity = 1 });
        await buffer.WriteAsync([Record(0)], Token);
        await sink.Called.WaitAsync(Token);
        await buffer.WriteAsync([Record(1)], Token);
        var server = new ReplayHandler(Chat.Of(Chat.Usage, Chat.Done));
        var client = new HttpClient(new UsageCaptureHandler(buffer, logger: log, timeProvider: clock) { InnerHandler = server });
        using HttpRequestMessage request = Chat.Request();
        using HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);

        Task<string> reading = response.Content.ReadAsStringAsync(Token);
        Assert.False(reading.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(Chat.Usage + Chat.Done, await reading);
        (LogLevel level, string message) = Assert.Single(log.Entries);
        Assert.Equal(LogLevel.Error, level);
        Assert.Contains("\"input_tokens\":7", message, StringComparison.Ordinal);
        sink.Open();
    }

    [Fact]
    public async Task Batch_ThatMakesTheSinkThrow_IsLoggedAndTheNextHasItsTurn()
    {
        var log = new CollectingLogger<BufferedUsageSink>();
        var kept = new ConcurrentQueue<UsageRecord>();
        await using (var buffer = new BufferedUsageSink(
            new ActionSink(record => { if (record.ServerPort == 0) { throw new InvalidOperationException("The table is gone."); } kept.Enqueue(record); }),
            new BufferedUsageSinkOptions { MaxBatchSize = 1 },
            log))
        {
            await buffer.WriteAsync([Record(0), Record(1)], Token);
        }

        Assert.Equal(1, Assert.Single(kept).ServerPort);
        Assert.Contains("did not store 1 records", Assert.Single(log.Entries).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Record_ThatComesAfterTheDisposal_IsRefusedWithTheReason()
    {
        var buffer = new BufferedUsageSink(new InMemoryUsageSink());
        buffer.Dispose();
        await buffer.DisposeAsync();

        InvalidOperationException exception =
            await Assert.ThrowsAsync<InvalidOperationException>(async () => await buffer.WriteAsync([Record(0)], Token));

        Assert.Contains("InMemoryUsageSink is disposed and accepts no more records", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_BelowOne_AreRefusedWithTheirValues()
    {
        ArgumentOutOfRangeException exception = Assert.Throws<ArgumentOutOfRangeException>(
            () => new BufferedUsageSink(new InMemoryUsageSink(), new BufferedUsageSinkOptions { Capacity = 0 }));

        Assert.Contains("Capacity is 0 and MaxBatchSize is 500", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Sink_ThatHangs_DelaysTheDisposalByTheShutdownTimeoutAndItsRecordsAreLogged(bool synchronous)
    {
        var log = new CollectingLogger<BufferedUsageSink>();
        var sink = new Batches();
        var options = new BufferedUsageSinkOptions { ShutdownTimeout = TimeSpan.FromMilliseconds(20) };
        var buffer = new BufferedUsageSink(sink, options, log);
        UsageRecord[] records = [Record(0), Record(1)];
        await buffer.WriteAsync([records[0]], Token);
        await sink.Called.WaitAsync(Token);
        await buffer.WriteAsync([records[1]], Token);

        if (synchronous)
        {
            buffer.Dispose();
        }
        else
        {
            await buffer.DisposeAsync();
        }

        string message = Assert.Single(log.Entries).Message;
        Assert.Contains("did not store 2 records in the 00:00:00.0200000 that its disposal", message, StringComparison.Ordinal);
        Assert.All(records, record => Assert.Contains(record.Id.ToString(), message, StringComparison.Ordinal));
        sink.Open();
    }

    [Fact(Timeout = 120_000)] // Milliseconds. A flush that waits for a next batch would not end.
    public async Task Flush_AtTheSameTimeAsTheEndOfABatch_DoesNotWaitForANextBatch()
    {
        int stored = 0;
        await using var buffer = new BufferedUsageSink(new ActionSink(_ => Interlocked.Increment(ref stored)));
        UsageRecord record = Record(0);
        for (int i = 1; i <= 5_000; i++)
        {
            await buffer.WriteAsync([record], Token);

            Task[] flushes = [.. Enumerable.Range(0, 4).Select(_ => Task.Run(() => buffer.FlushAsync(Token), Token))];
            await Task.WhenAll(flushes);
            Assert.Equal(i, Volatile.Read(ref stored));
        }
    }

    [Fact]
    public async Task Sink_RunsWithoutTheContextOfTheCallThatCreatesTheQueue()
    {
        var tenant = new AsyncLocal<string> { Value = "acme" };
        string? seen = "nothing";
        await using (var buffer = new BufferedUsageSink(new ActionSink(_ => seen = tenant.Value)))
        {
            await buffer.WriteAsync([Record(0)], Token);
        }

        Assert.Null(seen);
    }

    private static UsageRecord Record(int port) => new()
    {
        Id = Guid.CreateVersion7(),
        StartedAt = DateTimeOffset.UnixEpoch,
        Duration = TimeSpan.Zero,
        Provider = "openai",
        Operation = "chat",
        Protocol = "openai-chat",
        ServerAddress = "localhost",
        ServerPort = port,
        Status = UsageStatus.Missing,
        Outcome = UsageOutcome.Completed,
    };

    /// <summary>A sink that keeps its batches, and waits with the first until the test opens the gate.</summary>
    private sealed class Batches : IUsageSink
    {
        private readonly TaskCompletionSource _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _called = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly ConcurrentQueue<IReadOnlyList<UsageRecord>> _batches = new();

        public Task Called => _called.Task;

        public IEnumerable<int> Sizes => _batches.Select(batch => batch.Count);

        public IEnumerable<UsageRecord> Records => _batches.SelectMany(batch => batch);

        public void Open() => _gate.TrySetResult();

        public async ValueTask WriteAsync(IReadOnlyList<UsageRecord> records, CancellationToken cancellationToken)
        {
            _called.TrySetResult();
            _batches.Enqueue(records);
            await _gate.Task;
        }
    }
}
