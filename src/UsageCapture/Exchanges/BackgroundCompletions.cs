using UsageCapture.Delivery;
using UsageCapture.Telemetry;

namespace UsageCapture.Exchanges;

/// <summary>Tracks the work that continues after a caller has left its response, so that disposal, flushing and process exit can wait for it.</summary>
/// <remarks>
/// <para>
/// There are two kinds of work: draining, which reads the rest of a response to find its usage, and publishing a record. The recorder of
/// an exchange calls <see cref="TryStartDrain"/> or <see cref="Track"/>. Disposal waits for all work, but not longer than its timeouts allow.
/// At the exit of the process, <see cref="FinishAsync"/> does the same with a limit of its own.
/// </para>
/// <para>
/// A container creates it before the sinks. A service that is created after them disposes it first, when records can still be written.
/// Thread-safe.
/// </para>
/// </remarks>
internal sealed class BackgroundCompletions : IDisposable, IAsyncDisposable, IFinishedAtExit
{
    // A busy process reaches the limit for drains many times in a second.
    private static readonly TimeSpan LimitMessageInterval = TimeSpan.FromMinutes(1);

    // Extra time to wait for work to end after its timeout. This wait uses the system clock, so it ends in tests too, where the fake clock of
    // the timeouts stands still.
    private static readonly TimeSpan ExtraTime = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly HashSet<TailDrain> _drains = [];

    // The tasks of drains and publishings that are not done.
    private readonly HashSet<Task> _running = [];
    private TimeSpan _longestTimeout;
    private bool _isClosed;
    private DateTimeOffset _nextLimitMessage; // The minimum value before the first message.

    public BackgroundCompletions() => ProcessExit.AddExchanges(this);

    /// <summary>Gets the number of responses that are being drained.</summary>
    public int DrainCount
    {
        get
        {
            lock (_lock)
            {
                return _drains.Count;
            }
        }
    }

    /// <summary>Starts a drain in the background.</summary>
    /// <param name="drain">The drain.</param>
    /// <param name="context">The limit, the clock, and the logger that receives a message when the limit is reached.</param>
    /// <returns>False when it was not started, because too many drains run already or disposal has begun.</returns>
    public bool TryStartDrain(TailDrain drain, ExchangeContext context)
    {
        lock (_lock)
        {
            if (_isClosed)
            {
                return false;
            }

            if (_drains.Count < context.Drain.MaxCount)
            {
                _drains.Add(drain);
                Add(RunAsync(drain), drain.Timeout);
                return true;
            }
        }

        ReportDrainLimit(context);
        return false;
    }

    /// <summary>Tracks the publishing of a record. It has begun already, so it is tracked during disposal too.</summary>
    /// <param name="publishing">The task of publishing. It never fails.</param>
    /// <param name="timeout">The longest time that it takes.</param>
    public void Track(Task publishing, TimeSpan timeout)
    {
        if (publishing.IsCompleted)
        {
            return;
        }

        lock (_lock)
        {
            Add(publishing, timeout);
        }
    }

    /// <summary>Waits for the work that has begun before the call. It ends within its own timeouts.</summary>
    /// <exception cref="OperationCanceledException">The token was canceled first. The work continues.</exception>
    public Task FlushAsync(CancellationToken cancellationToken) => Task.WhenAll(GetRunning()).WaitAsync(cancellationToken);

    public void Dispose()
    {
        Task idle = Close(out TimeSpan longestWait);
        if (!idle.Wait(longestWait))
        {
            AbortDrains();
            idle.Wait(ExtraTime);
        }
    }

    public ValueTask DisposeAsync() => new(FinishAsync(TimeSpan.MaxValue));

    /// <summary>Disposes. After a time it aborts the drains, so that their records are published as they are.</summary>
    /// <param name="maxWait">The longest wait. It is shorter where the timeouts of the work are shorter.</param>
    public async Task FinishAsync(TimeSpan maxWait)
    {
        Task idle = Close(out TimeSpan longestWait);
        try
        {
            await idle.WaitAsync(maxWait < longestWait ? maxWait : longestWait).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            AbortDrains();
            await Task.WhenAny(idle, Task.Delay(ExtraTime)).ConfigureAwait(false);
        }
    }

    private async Task RunAsync(TailDrain drain)
    {
        try
        {
            await drain.RunAsync().ConfigureAwait(false);
        }
        finally
        {
            lock (_lock)
            {
                _drains.Remove(drain);
            }
        }
    }

    /// <summary>Adds a task until it is completed. The lock is held.</summary>
    private void Add(Task work, TimeSpan timeout)
    {
        _longestTimeout = timeout > _longestTimeout ? timeout : _longestTimeout;
        _running.Add(work);
        _ = work.ContinueWith(
            static (work, completions) => ((BackgroundCompletions)completions!).Remove(work),
            this,
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    private void Remove(Task work)
    {
        lock (_lock)
        {
            _running.Remove(work);
        }
    }

    private Task[] GetRunning()
    {
        lock (_lock)
        {
            return [.. _running.Where(work => !work.IsCompleted)]; // A completed task may not have been removed yet.
        }
    }

    /// <summary>Refuses further drains.</summary>
    /// <param name="longestWait">The longest time in which the remaining work ends by itself.</param>
    /// <returns>A task that completes when no work is left.</returns>
    private Task Close(out TimeSpan longestWait)
    {
        lock (_lock)
        {
            _isClosed = true;

            // A drain may use its whole timeout, and publishing its record may use another one.
            longestWait = _longestTimeout + _longestTimeout + ExtraTime;
        }

        return WaitUntilIdleAsync();
    }

    // A drain that ends begins to publish.
    private async Task WaitUntilIdleAsync()
    {
        while (GetRunning() is { Length: > 0 } running)
        {
            await Task.WhenAll(running).ConfigureAwait(false);
        }
    }

    private void ReportDrainLimit(ExchangeContext context)
    {
        DateTimeOffset now = context.TimeProvider.GetUtcNow();
        lock (_lock)
        {
            if (now < _nextLimitMessage)
            {
                return;
            }

            _nextLimitMessage = now + LimitMessageInterval;
        }

        // Not in the lock: a logger may block.
        Log.DrainLimitReached(context.Logger, context.Drain.MaxCount);
    }

    private void AbortDrains()
    {
        TailDrain[] drains;
        lock (_lock)
        {
            drains = [.. _drains];
        }

        foreach (TailDrain drain in drains)
        {
            drain.Abort();
        }
    }
}
