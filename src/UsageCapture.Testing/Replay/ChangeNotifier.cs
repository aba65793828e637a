namespace UsageCapture.Testing.Replay;

/// <summary>Lets tasks wait for a condition. Code that changes the condition calls <see cref="NotifyChanged"/> afterwards. Thread-safe.</summary>
internal sealed class ChangeNotifier
{
    private TaskCompletionSource _nextChange = Create();

    public void NotifyChanged() => Interlocked.Exchange(ref _nextChange, Create()).SetResult();

    /// <summary>Waits until the condition is true. It is evaluated at once, and again after each change.</summary>
    public async Task WaitUntilAsync(Func<bool> condition, CancellationToken cancellationToken)
    {
        while (true)
        {
            // The task is read before the condition is evaluated, so that a change between the two is not missed.
            Task nextChange = Volatile.Read(ref _nextChange).Task;
            if (condition())
            {
                return;
            }

            await nextChange.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private static TaskCompletionSource Create() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
