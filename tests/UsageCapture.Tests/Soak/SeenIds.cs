using UsageCapture.Delivery;
using UsageCapture.Testing.Replay;

namespace UsageCapture.Tests.Soak;

/// <summary>Counts records and knows whether one came twice.</summary>
/// <remarks>It is called on the caller's thread. So it has each record in time, however busy the thread pool is.</remarks>
/// <param name="changed">Is told of each record; null when the test does not wait for them.</param>
internal sealed class SeenIds(ChangeNotifier? changed = null) : ISynchronousUsageSink
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

    public bool TryWrite(UsageRecord record)
    {
        lock (_lock)
        {
            Repeated += _ids.Add(record.Id) ? 0 : 1;
        }

        changed?.NotifyChanged();
        return true;
    }

    public ValueTask WriteAsync(IReadOnlyList<UsageRecord> records, CancellationToken cancellationToken)
    {
        foreach (UsageRecord record in records)
        {
            TryWrite(record);
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>Counts the records of this sink that none of the others has.</summary>
    public int CountMissing(params SeenIds[] others)
    {
        HashSet<Guid> missing = [.. ToArray()];
        foreach (SeenIds other in others)
        {
            missing.ExceptWith(other.ToArray());
        }

        return missing.Count;
    }

    private Guid[] ToArray()
    {
        lock (_lock)
        {
            return [.. _ids];
        }
    }
}
