using UsageCapture.Delivery;

namespace UsageCapture.Tests;

public sealed class BufferedUsageSinkLimitsTests
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(10);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Options_ThatAreNew_HaveTheDocumentedDefaults()
    {
        var options = new BufferedUsageSinkOptions();

        Assert.Equal((10_000, 500, TimeSpan.FromSeconds(30)), (options.Capacity, options.MaxBatchSize, options.ShutdownTimeout));
    }

    [Theory]
    [InlineData(1, 1, 0L)]
    [InlineData(int.MaxValue, int.MaxValue, 10 * TimeSpan.TicksPerMinute)]
    [InlineData(1, 1, 10 * TimeSpan.TicksPerMinute)]
    public void Options_AtTheirLimits_AreAccepted(int capacity, int maxBatchSize, long timeout) =>
        new BufferedUsageSink(new InMemoryUsageSink(), ToOptions(capacity, maxBatchSize, timeout)).Dispose();

    [Theory]
    [InlineData(0, 500, 0L, "Capacity is 0 and MaxBatchSize is 500. Choose at least 1 for each.")]
    [InlineData(10, 0, 0L, "Capacity is 10 and MaxBatchSize is 0. Choose at least 1 for each.")]
    [InlineData(-1, -2, 0L, "Capacity is -1 and MaxBatchSize is -2. Choose at least 1 for each.")]
    [InlineData(-1, 1, 0L, "Capacity is -1 and MaxBatchSize is 1. Choose at least 1 for each.")]
    [InlineData(1, -1, 0L, "Capacity is 1 and MaxBatchSize is -1. Choose at least 1 for each.")]
    [InlineData(1, 1, -10_000L, "ShutdownTimeout is -00:00:00.0010000. Choose from zero to 10 minutes.")] // Timeout.InfiniteTimeSpan
    [InlineData(1, 1, long.MaxValue, "ShutdownTimeout is 10675199.02:48:05.4775807. Choose from zero to 10 minutes.")]
    [InlineData(1, 1, -1L, "ShutdownTimeout is -00:00:00.0000001. Choose from zero to 10 minutes.")]
    [InlineData(1, 1, (10 * TimeSpan.TicksPerMinute) + 1, "ShutdownTimeout is 00:10:00.0000001. Choose from zero to 10 minutes.")]
    public void Options_BeyondTheirLimits_AreRefused(int capacity, int maxBatchSize, long timeout, string message) => Assert.StartsWith(
        message,
        Assert.Throws<ArgumentOutOfRangeException>(
            "options", () => new BufferedUsageSink(new InMemoryUsageSink(), ToOptions(capacity, maxBatchSize, timeout))).Message,
        StringComparison.Ordinal);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ExitOfTheProcess_WithASinkThatHangs_WaitsForTheShorterOfTheTwoLimits(bool shutdownIsShorter)
    {
        var log = new CollectingLogger<BufferedUsageSink>();
        var sink = new GatedSink();
        var buffer = new BufferedUsageSink(sink, new BufferedUsageSinkOptions { ShutdownTimeout = shutdownIsShorter ? Short : Long }, log);
        await buffer.WriteAsync([RandomRecord.Create(seed: 1)], Token);
        await sink.Called.WaitAsync(Token);

        await ((IExitParticipant)buffer).FinishAsync(shutdownIsShorter ? Long : Short).WaitAsync(Token);

        Assert.StartsWith(
            "The sink GatedSink did not store 1 records in the 00:00:00.0010000 that",
            Assert.Single(log.Entries).Message,
            StringComparison.Ordinal);
        sink.Open();
    }

    [Fact]
    public async Task Disposal_OfASinkThatHangs_LogsItsRecordsOnce()
    {
        var log = new CollectingLogger<BufferedUsageSink>();
        var sink = new GatedSink();
        var buffer = new BufferedUsageSink(sink, new BufferedUsageSinkOptions { ShutdownTimeout = Short }, log);
        await buffer.WriteAsync([RandomRecord.Create(seed: 1)], Token);
        await sink.Called.WaitAsync(Token);

        buffer.Dispose();
        buffer.Dispose();
        await buffer.DisposeAsync();
        await ((IExitParticipant)buffer).FinishAsync(Short);

        Assert.Single(log.Entries);
        sink.Open();
    }

    [Fact]
    public async Task Disposal_AfterTheSinkHasStoredAllRecords_LogsNothing()
    {
        var log = new CollectingLogger<BufferedUsageSink>();
        var sink = new InMemoryUsageSink();
        var buffer = new BufferedUsageSink(sink, logger: log);
        await buffer.WriteAsync([RandomRecord.Create(seed: 1), RandomRecord.Create(seed: 2)], Token);

        await buffer.FlushAsync(Token);
        Assert.Equal(2, sink.Records.Count);
        await buffer.DisposeAsync();
        buffer.Dispose();

        Assert.Empty(log.Entries);
    }

    [Fact]
    public async Task Flush_ThatIsCanceled_EndsAndTheRecordsAreStillDelivered()
    {
        var sink = new GatedSink();
        await using var buffer = new BufferedUsageSink(sink);
        await buffer.WriteAsync([RandomRecord.Create(seed: 1)], Token);
        await sink.Called.WaitAsync(Token);
        using var cancellation = new CancellationTokenSource();

        Task flush = buffer.FlushAsync(cancellation.Token);
        Assert.False(flush.IsCompleted);
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => flush);
        sink.Open();
        await buffer.FlushAsync(Token);
    }

    private static BufferedUsageSinkOptions ToOptions(int capacity, int maxBatchSize, long timeout) =>
        new() { Capacity = capacity, MaxBatchSize = maxBatchSize, ShutdownTimeout = TimeSpan.FromTicks(timeout) };
}
