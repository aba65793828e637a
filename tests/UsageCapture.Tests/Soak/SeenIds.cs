namespace UsageCapture.Tests.Soak;

/// <summary>Counts records and knows whether one came twice.</summary>
internal sealed class SeenIds : IUsageSink
{
    private readonly Lock _lock = new();
    private readonly HashSet<Guid> _ids = [];

    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _ids.Count;
            }
        }
    }

    public int Repeated { get; private set; }

    public ValueTask WriteAsync(IReadOnlyList<UsageRecord> records, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            foreach (UsageRecord record in records)
            {
                Repeated += _ids.Add(record.Id) ? 0 : 1;
            }
        }

        return ValueTask.CompletedTask;
    }
}
