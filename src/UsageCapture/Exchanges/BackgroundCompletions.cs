namespace UsageCapture.Exchanges;

/// <summary>Tracks the work that goes on after callers have left: bodies being drained, and records being published.</summary>
/// <remarks>
/// The number of drains is bounded. Disposing waits until all work is done, no longer than the limits of draining and publishing allow.
/// A container makes it after the sinks, so that it is disposed of before them. It is thread-safe.
/// </remarks>
internal sealed class BackgroundCompletions : IDisposable, IAsyncDisposable
{
    // Each drain holds a connection for two seconds by default. So a busy process holds at most this many connections for it.
    internal const int MaxDrains = 100;

    // The limits of draining use the handler's clock, which may be a fake one in tests. The wait ends by real time as well.
    private static readonly TimeSpan ExtraTime = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly HashSet<TailDrain> _drains = [];
    private int _running;
    private TimeSpan _longestTimeout;
    private bool _isClosed;
    private TaskCompletionSource? _idle;

    /// <summary>Gets the number of bodies that are being drained.</summary>
    public int Drains
    {
        get
        {
            lock (_lock)
            {
                return _drains.Count;
            }
        }
    }

    /// <summary>Runs a drain in the background.</summary>
    /// <returns>False when too many drains run already, or this has been disposed of.</returns>
    public bool TryRun(TailDrain drain)
    {
        lock (_lock)
        {
            if (_isClosed || _drains.Count == MaxDrains)
            {
                return false;
            }

            _drains.Add(drain);
            _running++;
            _longestTimeout = drain.Timeout > _longestTimeout ? drain.Timeout : _longestTimeout;
        }

        _ = RunAsync(drain);
        return true;
    }

    /// <summary>Tracks the publishing of a record after its caller has left.</summary>
    /// <param name="publishing">The publishing. It never fails.</param>
    /// <param name="timeout">The longest that it takes.</param>
    public void Track(Task publishing, TimeSpan timeout)
    {
        if (publishing.IsCompleted)
        {
            return;
        }

        lock (_lock)
        {
            _running++;
            _longestTimeout = timeout > _longestTimeout ? timeout : _longestTimeout;
        }

        _ = publishing.ContinueWith(
            static (_, completions) => ((BackgroundCompletions)completions!).NoteCompletion(),
            this,
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    public void Dispose()
    {
        Task idle = Close(out TimeSpan longestWait);
        if (!idle.Wait(longestWait))
        {
            AbortDrains();
            idle.Wait(ExtraTime);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Task idle = Close(out TimeSpan longestWait);
        try
        {
            await idle.WaitAsync(longestWait).ConfigureAwait(false);
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

            NoteCompletion();
        }
    }

    private Task Close(out TimeSpan longestWait)
    {
        lock (_lock)
        {
            _isClosed = true;
            // A drain may take its whole time, and its record may then take as long to be published.
            longestWait = _longestTimeout + _longestTimeout + ExtraTime;
            if (_running == 0)
            {
                return Task.CompletedTask;
            }

            _idle ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _idle.Task;
        }
    }

    private void NoteCompletion()
    {
        lock (_lock)
        {
            if (--_running == 0)
            {
                _idle?.TrySetResult();
            }
        }
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
