using UsageCapture.Delivery;
using UsageCapture.Telemetry;

namespace UsageCapture.Exchanges;

/// <summary>Tracks the work that continues after a caller has left its response, so that disposal, flushing and process exit can wait for it.</summary>
/// <remarks>
/// <para>
/// There are two kinds of work: draining, which reads the rest of a response to find its usage or error, and publishing a record. The recorder of
/// an exchange calls <see cref="TryStartDrain"/> or <see cref="Track"/>. Disposal waits for all work, but not longer than its timeouts allow.
/// </para>
/// <para>
/// All handlers of a container share one instance. The container creates it before the sinks, and a service that is created after them
/// disposes it first, when records can still be written. At the exit of the process, <see cref="ProcessExit"/> calls
/// <see cref="FinishAsync"/>. Thread-safe.
/// </para>
/// </remarks>
internal sealed class BackgroundWork : IDisposable, IAsyncDisposable, IExitParticipant
{
    // A busy process reaches the limit for drains many times in a second, so the message is logged only once in this time.
    private static readonly TimeSpan DrainLimitMessageInterval = TimeSpan.FromMinutes(1);

    // Extra time to wait for work to end after its timeout.
    private static readonly TimeSpan GracePeriod = TimeSpan.FromSeconds(1);

    private readonly TimeProvider _timeProvider;
    private readonly Lock _lock = new();
    private readonly HashSet<TailDrain> _drains = [];

    // The tasks of drains and publishings that are not done.
    private readonly HashSet<Task> _runningTasks = [];
    private TimeSpan _longestTimeout; // Of all work since the start.
    private bool _isClosed; // Disposal has begun, so no drain is started.
    private DateTimeOffset _nextDrainLimitMessage; // The minimum value before the first message.

    /// <summary>Creates the background work of one handler, or of all handlers of a container.</summary>
    /// <param name="timeProvider">
    /// The clock that limits the wait of <see cref="FinishAsync"/>; null for the system clock. It is not the clock of the exchanges, which
    /// may stand still in the tests of an application. <see cref="Dispose"/> always uses the system clock, because a timer needs a free thread.
    /// </param>
    public BackgroundWork(TimeProvider? timeProvider = null)
    {
        _timeProvider = timeProvider ?? TimeProvider.System;
        ProcessExit.AddExchanges(this);
    }

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

    /// <summary>Starts a drain. It continues in the background.</summary>
    /// <param name="drain">The drain. One that reads an error begins on this thread, so the caller of this method must not hold a lock.</param>
    /// <param name="context">The limit, the clock, and the logger that receives a message when the limit is reached.</param>
    /// <returns>False when it was not started, because too many drains run already or disposal has begun.</returns>
    public bool TryStartDrain(TailDrain drain, ExchangeContext context)
    {
        var running = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        bool isWithinLimit;
        lock (_lock)
        {
            if (_isClosed)
            {
                return false;
            }

            // Errors have a limit of their own, so that they do not take the place of usage.
            isWithinLimit = _drains.Count(other => other.ReadsError == drain.ReadsError) < context.DrainLimits.MaxConcurrentDrains;
            if (isWithinLimit)
            {
                _drains.Add(drain);
                TrackTask(running.Task, drain.Timeout);
            }
        }

        if (isWithinLimit)
        {
            _ = RunAsync(drain, running);
        }
        else if (!drain.ReadsError) // A record whose error is not read lacks nothing that is billed.
        {
            ReportDrainLimit(context);
        }

        return isWithinLimit;
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
            TrackTask(publishing, timeout);
        }
    }

    /// <summary>Waits for the work that has begun before the call. It ends within its own timeouts.</summary>
    /// <exception cref="OperationCanceledException">The token was canceled first. The work continues.</exception>
    public Task FlushAsync(CancellationToken cancellationToken) => Task.WhenAll(GetRunningTasks()).WaitAsync(cancellationToken);

    public void Dispose()
    {
        Task idle = Close(out TimeSpan maxTimeUntilIdle);
        if (!idle.Wait(maxTimeUntilIdle))
        {
            AbortDrains();
            idle.Wait(GracePeriod);
        }
    }

    public ValueTask DisposeAsync() => new(FinishAsync(TimeSpan.MaxValue));

    /// <summary>Refuses further drains, and waits for all work. After a time it aborts the drains, and their records get the counts that are known.</summary>
    /// <param name="maxWait">The longest wait before the drains are aborted. The wait is shorter when the timeouts of the work are shorter.</param>
    public async Task FinishAsync(TimeSpan maxWait)
    {
        Task idle = Close(out TimeSpan maxTimeUntilIdle);
        try
        {
            await idle.WaitAsync(maxWait < maxTimeUntilIdle ? maxWait : maxTimeUntilIdle, _timeProvider).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            AbortDrains();
            await Task.WhenAny(idle, Task.Delay(GracePeriod, _timeProvider)).ConfigureAwait(false);
        }
    }

    /// <summary>Runs a drain that was added.</summary>
    /// <param name="drain">The drain.</param>
    /// <param name="running">Is completed at the end.</param>
    private async Task RunAsync(TailDrain drain, TaskCompletionSource running)
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

            running.SetResult();
        }
    }

    /// <summary>Adds a task, which is removed when it is completed. The caller holds the lock.</summary>
    private void TrackTask(Task work, TimeSpan timeout)
    {
        _longestTimeout = timeout > _longestTimeout ? timeout : _longestTimeout;
        _runningTasks.Add(work);
        _ = work.ContinueWith(
            static (work, owner) => ((BackgroundWork)owner!).UntrackTask(work),
            this,
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    private void UntrackTask(Task work)
    {
        lock (_lock)
        {
            _runningTasks.Remove(work);
        }
    }

    private Task[] GetRunningTasks()
    {
        lock (_lock)
        {
            return [.. _runningTasks.Where(work => !work.IsCompleted)]; // A completed task may not have been removed yet.
        }
    }

    /// <summary>Refuses further drains.</summary>
    /// <param name="maxTimeUntilIdle">The longest time in which the remaining work ends by itself.</param>
    /// <returns>A task that completes when no work is left.</returns>
    private Task Close(out TimeSpan maxTimeUntilIdle)
    {
        lock (_lock)
        {
            _isClosed = true;

            // A drain may use its whole timeout, and publishing its record may use another one.
            maxTimeUntilIdle = _longestTimeout + _longestTimeout + GracePeriod;
        }

        return WaitUntilIdleAsync();
    }

    // A drain that ends begins to publish, which is new work. So the wait is repeated until no work is left.
    private async Task WaitUntilIdleAsync()
    {
        while (GetRunningTasks() is { Length: > 0 } running)
        {
            await Task.WhenAll(running).ConfigureAwait(false);
        }
    }

    private void ReportDrainLimit(ExchangeContext context)
    {
        DateTimeOffset now = context.TimeProvider.GetUtcNow();
        lock (_lock)
        {
            if (now < _nextDrainLimitMessage)
            {
                return;
            }

            _nextDrainLimitMessage = now + DrainLimitMessageInterval;
        }

        // Logged after the lock is released, because a logger may block.
        Log.DrainLimitReached(context.Logger, context.DrainLimits.MaxConcurrentDrains);
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
