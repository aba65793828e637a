using UsageCapture.Delivery;

namespace UsageCapture;

/// <summary>Keeps every record in memory: for tests, tools and short programs.</summary>
/// <remarks>Thread-safe. It grows with every record until <see cref="Clear"/> is called.</remarks>
public sealed class InMemoryUsageSink : IImmediateUsageSink
{
    private readonly Lock _lock = new();
    private readonly List<UsageRecord> _records = [];
    private readonly List<(int Count, TaskCompletionSource Reached)> _waiting = [];

    /// <summary>Gets a snapshot of the records so far, in the order in which they came.</summary>
    public IReadOnlyList<UsageRecord> Records
    {
        get
        {
            lock (_lock)
            {
                return [.. _records];
            }
        }
    }

    /// <summary>Forgets every record so far.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _records.Clear();
        }
    }

    /// <summary>Waits until at least so many records are there.</summary>
    /// <param name="count">The number of records to wait for.</param>
    /// <param name="cancellationToken">Ends the waiting; give one that fires when a test has taken too long.</param>
    /// <returns>A snapshot of the records.</returns>
    /// <exception cref="OperationCanceledException">The token fired first.</exception>
    public async Task<IReadOnlyList<UsageRecord>> WaitForAsync(int count, CancellationToken cancellationToken)
    {
        Task reached;
        lock (_lock)
        {
            if (_records.Count >= count)
            {
                return [.. _records];
            }

            var source = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((count, source));
            reached = source.Task;
        }

        await reached.WaitAsync(cancellationToken).ConfigureAwait(false);
        return Records;
    }

    /// <inheritdoc/>
    public ValueTask WriteAsync(IReadOnlyList<UsageRecord> records, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(records);
        lock (_lock)
        {
            _records.AddRange(records);
            WakeWaiting();
        }

        return ValueTask.CompletedTask;
    }

    bool IImmediateUsageSink.TryWrite(UsageRecord record)
    {
        lock (_lock)
        {
            _records.Add(record);
            WakeWaiting();
        }

        return true;
    }

    private void WakeWaiting()
    {
        for (int i = _waiting.Count - 1; i >= 0; i--)
        {
            if (_records.Count >= _waiting[i].Count)
            {
                _waiting[i].Reached.SetResult();
                _waiting.RemoveAt(i);
            }
        }
    }
}
