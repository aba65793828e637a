using UsageCapture.Delivery;

namespace UsageCapture;

/// <summary>Keeps all records in memory. For tests, tools and short programs.</summary>
/// <remarks>Thread-safe. Its memory grows with every record until <see cref="Clear"/> is called.</remarks>
public sealed class InMemoryUsageSink : ISynchronousUsageSink
{
    private readonly Lock _lock = new();
    private readonly List<UsageRecord> _records = [];

    // Calls of WaitForAsync whose count is not reached.
    private readonly List<(int Count, TaskCompletionSource Reached)> _waiters = [];

    /// <summary>Gets a copy of the list of records, in the order in which they were written.</summary>
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

    /// <summary>Gets the number of calls of <see cref="WaitForAsync"/> that wait. For tests.</summary>
    internal int WaiterCount
    {
        get
        {
            lock (_lock)
            {
                return _waiters.Count;
            }
        }
    }

    /// <summary>Removes all records. Calls of <see cref="WaitForAsync"/> continue to wait, and count from zero again.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _records.Clear();
        }
    }

    /// <summary>Waits until the sink has at least a number of records.</summary>
    /// <param name="count">The number of records.</param>
    /// <param name="cancellationToken">Cancels the waiting. Pass a token with a timeout, because there is no other timeout.</param>
    /// <returns>A copy of the list of records. It has fewer than <paramref name="count"/> only when <see cref="Clear"/> is called at the same moment.</returns>
    /// <exception cref="OperationCanceledException">The token was canceled first.</exception>
    public async Task<IReadOnlyList<UsageRecord>> WaitForAsync(int count, CancellationToken cancellationToken)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (_records.Count >= count)
            {
                return [.. _records];
            }

            _waiters.Add((count, reached));
        }

        try
        {
            await reached.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
            return Records;
        }
        finally
        {
            lock (_lock)
            {
                _waiters.Remove((count, reached)); // A canceled call is still in the list.
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask WriteAsync(IReadOnlyList<UsageRecord> records, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(records);
        lock (_lock)
        {
            _records.AddRange(records);
            CompleteWaiters();
        }

        return ValueTask.CompletedTask;
    }

    bool ISynchronousUsageSink.TryWrite(UsageRecord record)
    {
        lock (_lock)
        {
            _records.Add(record);
            CompleteWaiters();
        }

        return true;
    }

    // Call it with the lock held.
    private void CompleteWaiters()
    {
        for (int i = _waiters.Count - 1; i >= 0; i--)
        {
            if (_records.Count >= _waiters[i].Count)
            {
                _waiters[i].Reached.SetResult();
                _waiters.RemoveAt(i);
            }
        }
    }
}
