using UsageCapture.Delivery;

namespace UsageCapture;

/// <summary>Keeps all records in memory. For tests, tools and short programs.</summary>
/// <remarks>Thread-safe. Its memory grows with every record until <see cref="Clear"/> is called.</remarks>
public sealed class InMemoryUsageSink : ISynchronousUsageSink
{
    private readonly Lock _lock = new();
    private readonly List<UsageRecord> _records = [];
    private readonly List<(int Count, TaskCompletionSource Reached)> _waiting = [];

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

    /// <summary>Removes all records.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _records.Clear();
        }
    }

    /// <summary>Waits until the sink has at least a number of records.</summary>
    /// <param name="count">The number of records.</param>
    /// <param name="cancellationToken">Cancels the waiting. Pass a token with a timeout, because there is no other one.</param>
    /// <returns>A copy of the list of records.</returns>
    /// <exception cref="OperationCanceledException">The token was canceled first.</exception>
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

    bool ISynchronousUsageSink.TryWrite(UsageRecord record)
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
