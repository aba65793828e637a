namespace UsageCapture.Delivery;

/// <summary>Limits the time of work that calls foreign code, such as a sink or the stream of a response.</summary>
/// <remarks>
/// <para>
/// Start the work with <see cref="Token"/>, wait for it with <see cref="WaitAsync"/>, and dispose the deadline.
/// </para>
/// <para>
/// The foreign code may register callbacks at the token, and they may throw or block. A <see cref="CancellationTokenSource"/> with a delay
/// would run them on the timer's thread, where an exception ends the process. Here they run on the thread pool, their exceptions are
/// observed, and the wait does not depend on them. Thread-safe.
/// </para>
/// </remarks>
internal sealed class Deadline : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly TaskCompletionSource _passed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ITimer _timer;

    /// <summary>Starts the clock.</summary>
    public Deadline(TimeSpan timeout, TimeProvider timeProvider)
    {
        Token = _source.Token; // A copy, because the token of a disposed source cannot be read.
        _timer = timeProvider.CreateTimer(
            static deadline => ((Deadline)deadline!).Cancel(), this, timeout, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Gets a token that is canceled when the time has passed.</summary>
    public CancellationToken Token { get; }

    /// <summary>Gets whether the time has passed or <see cref="Cancel"/> was called.</summary>
    public bool HasPassed => _passed.Task.IsCompleted;

    /// <summary>Lets the deadline pass now. Does nothing after disposal. Never throws.</summary>
    public void Cancel()
    {
        // First, so that a disposal from now on leaves the source to the callbacks.
        _passed.TrySetResult();
        try
        {
            Observe(_source.CancelAsync());
        }
        catch (ObjectDisposedException)
        {
            // The work has ended before.
        }
    }

    /// <summary>Waits until a task has completed or the time has passed. Observes the exception of the task, also a later one.</summary>
    /// <returns>Whether the task has completed in time: successfully, with an exception, or canceled.</returns>
    public async Task<bool> WaitAsync(Task task)
    {
        Observe(task);
        return await Task.WhenAny(task, _passed.Task).ConfigureAwait(false) == task;
    }

    public void Dispose()
    {
        _timer.Dispose();
        if (!HasPassed)
        {
            // After Cancel, callbacks may still be running on the thread pool, and disposing the source would drop the rest of them. It has no
            // timer of its own, so it holds nothing that needs disposal.
            _source.Dispose();
        }
    }

    // Reading the exception marks it as observed.
    private static void Observe(Task task) => _ = task.ContinueWith(
        static task => task.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
}
