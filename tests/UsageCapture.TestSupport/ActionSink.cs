namespace UsageCapture.TestSupport;

/// <summary>A sink that does what the test says.</summary>
internal sealed class ActionSink(Action<UsageRecord> action) : IUsageSink
{
    public ValueTask WriteAsync(IReadOnlyList<UsageRecord> records, CancellationToken cancellationToken)
    {
        foreach (UsageRecord record in records)
        {
            action(record);
        }

        return ValueTask.CompletedTask;
    }
}
