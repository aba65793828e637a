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
    private readonly CancellationTokenSource _tokenSource = new();
    private readonly TaskCompletionSource _deadlinePassed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ITimer _timer;

    /// <summary>Starts the clock.</summary>
    /// <param name="timeout">The time from now until the deadline.</param>
    /// <param name="timeProvider">The clock that measures it.</param>
    public Deadline(TimeSpan timeout, TimeProvider timeProvider)
    {
        Token = _tokenSource.Token; // Kept, because the source gives no token after its disposal.
        _timer = timeProvider.CreateTimer(
            static deadline => ((Deadline)deadline!).Cancel(), this, timeout, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Gets a token that is canceled when the deadline has passed. Can be read after disposal.</summary>
    public CancellationToken Token { get; }

    /// <summary>Gets whether the deadline has passed, by time or by <see cref="Cancel"/>. True before <see cref="Token"/> is canceled.</summary>
    public bool HasPassed => _deadlinePassed.Task.IsCompleted;

    /// <summary>Lets the deadline pass now. Has no effect on <see cref="Token"/> after disposal. Never throws.</summary>
    public void Cancel()
    {
        _deadlinePassed.TrySetResult(); // First, so that Dispose does not dispose the source while it calls the callbacks of the token.
        try
        {
            Observe(_tokenSource.CancelAsync());
        }
        catch (ObjectDisposedException)
        {
            // The work has ended before.
        }
    }

    /// <summary>Waits until a task has completed or the deadline has passed. Observes the exception of the task, also a later one.</summary>
    /// <returns>Whether the task has completed in time: successfully, with an exception, or canceled.</returns>
    public async Task<bool> WaitAsync(Task task)
    {
        Observe(task);
        return await Task.WhenAny(task, _deadlinePassed.Task).ConfigureAwait(false) == task;
    }

    public void Dispose()
    {
        _timer.Dispose();
        if (!HasPassed)
        {
            // Only then: once the token is canceled, its callbacks may still be running on the thread pool, and disposal would remove the
            // remaining ones. A source that has no timer of its own holds no resources.
            _tokenSource.Dispose();
        }
    }

    // Reading the exception marks it as observed.
    private static void Observe(Task task) => _ = task.ContinueWith(
        static task => task.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
}
