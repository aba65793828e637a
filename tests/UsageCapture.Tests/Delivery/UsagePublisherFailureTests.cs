using Microsoft.Extensions.Logging;

using UsageCapture.Delivery;

namespace UsageCapture.Tests.Delivery;

/// <summary>A sink that fails does not affect the other sinks, and the log has the record.</summary>
public sealed class UsagePublisherFailureTests
{
    [Theory]
    [InlineData("synchronous")]
    [InlineData("throwing")]
    [InlineData("failing")]
    [InlineData("canceled")]
    public async Task Sink_ThatFails_IsCalledOnceAndItsRecordIsLogged(string kind)
    {
        var log = new CollectingLogger<UsageCaptureHandler>();
        var other = new InMemoryUsageSink();
        int calls = 0;
        IUsageSink failing = kind switch
        {
            "synchronous" => new SynchronousSink(() => throw Fail()),
            "throwing" => new ActionSink(_ => throw Fail()),
            "failing" => new AsyncActionSink(_ => Task.FromException(Fail())),
            _ => new AsyncActionSink(_ =>
            {
                calls++;
                return Task.FromCanceled(new CancellationToken(canceled: true));
            }),
        };
        var publisher = new UsagePublisher(new SinkSource([failing, other]), TimeSpan.FromSeconds(2), new ManualTimeProvider(), log);
        UsageRecord record = RandomRecord.Create(seed: 1);

        await publisher.PublishAsync(record);

        Assert.Equal([record], other.Records);
        Assert.Equal(1, calls);
        (LogLevel level, string message) = Assert.Single(log.Entries);
        Assert.Equal(LogLevel.Error, level);
        Assert.Equal($"The sink {failing.GetType().Name} failed and did not store 1 records: {record.ToJson()}", message);

        InvalidOperationException Fail()
        {
            calls++;
            return new InvalidOperationException("Test: the table is gone.");
        }
    }

    [Fact]
    public async Task Sink_ThatIsSynchronousAndRefuses_IsCalledAsynchronously()
    {
        var sink = new SynchronousSink(() => false);
        var publisher = new UsagePublisher(
            new SinkSource([sink]), TimeSpan.FromSeconds(2), new ManualTimeProvider(), new CollectingLogger<UsageCaptureHandler>());

        await publisher.PublishAsync(RandomRecord.Create(seed: 1));

        Assert.Equal(1, sink.AsynchronousWrites);
    }

    private sealed class SynchronousSink(Func<bool> tryWrite) : ISynchronousUsageSink
    {
        public int AsynchronousWrites { get; private set; }

        public bool TryWrite(UsageRecord record) => tryWrite();

        public ValueTask WriteAsync(IReadOnlyList<UsageRecord> records, CancellationToken cancellationToken)
        {
            AsynchronousWrites++;
            return ValueTask.CompletedTask;
        }
    }
}
