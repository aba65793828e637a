namespace UsageCapture.Exchanges;

/// <summary>The endings that no caller waits for: tails that are being read, and records that are being published after a disposal.</summary>
/// <remarks>
/// Tails are bounded in number. Disposing waits until all of it is done, so that a shutdown loses nothing: it takes no longer than the
/// limits of a tail and of publishing allow. A container disposes of it before the sinks, for it is made after them.
/// </remarks>
internal sealed class BackgroundCompletions : IDisposable, IAsyncDisposable
{
    // Each holds a connection for the drain's time at most; callers that leave faster than this are not waited for.
    internal const int MaxDrains = 100;

    // What is left when the clock of the limits stands still, as a test's may: the waiting is bounded in real time as well.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly HashSet<TailDrain> _drains = [];
    private int _running;
    private TimeSpan _patience;
    private bool _isClosed;
    private TaskCompletionSource? _idle;

    /// <summary>Gets how many tails are being read.</summary>
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
    /// <returns>False when there are too many already, or the application is shutting down.</returns>
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
            _patience = drain.Timeout > _patience ? drain.Timeout : _patience;
        }

        _ = RunAsync(drain);
        return true;
    }

    /// <summary>Waits for a record to be published, in the place of the caller.</summary>
    /// <param name="publishing">The publishing; it never fails.</param>
    /// <param name="timeout">How long it may take.</param>
    public void Attend(Task publishing, TimeSpan timeout)
    {
        if (publishing.IsCompleted)
        {
            return;
        }

        lock (_lock)
        {
            _running++;
            _patience = timeout > _patience ? timeout : _patience;
        }

        _ = publishing.ContinueWith(
            static (_, endings) => ((BackgroundCompletions)endings!).EndOne(),
            this,
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    public void Dispose()
    {
        Task idle = Close(out TimeSpan patience);
        if (!idle.Wait(patience))
        {
            GiveUp();
            idle.Wait(Grace);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Task idle = Close(out TimeSpan patience);
        try
        {
            await idle.WaitAsync(patience).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            GiveUp();
            await Task.WhenAny(idle, Task.Delay(Grace)).ConfigureAwait(false);
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

            EndOne();
        }
    }

    private Task Close(out TimeSpan patience)
    {
        lock (_lock)
        {
            _isClosed = true;
            patience = _patience + _patience + Grace;
            if (_running == 0)
            {
                return Task.CompletedTask;
            }

            _idle ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _idle.Task;
        }
    }

    private void EndOne()
    {
        lock (_lock)
        {
            if (--_running == 0)
            {
                _idle?.TrySetResult();
            }
        }
    }

    private void GiveUp()
    {
        TailDrain[] drains;
        lock (_lock)
        {
            drains = [.. _drains];
        }

        foreach (TailDrain drain in drains)
        {
            drain.GiveUp();
        }
    }
}
