namespace UsageCapture.Testing.Replay;

/// <summary>Lets tasks wait until a condition is true. Thread-safe.</summary>
/// <remarks>
/// The waiting code calls <see cref="WaitUntilAsync"/>. Other code changes a value that the condition depends on, and calls
/// <see cref="NotifyChanged"/> after each change.
/// </remarks>
internal sealed class ChangeNotifier
{
    // Completes at the next change, and is then replaced.
    private TaskCompletionSource _nextChange = CreateSource();

    /// <summary>Makes all waiting tasks evaluate their conditions again.</summary>
    public void NotifyChanged() => Interlocked.Exchange(ref _nextChange, CreateSource()).SetResult();

    /// <summary>Waits until the condition is true. It is evaluated at once, and again after each change.</summary>
    public async Task WaitUntilAsync(Func<bool> condition, CancellationToken cancellationToken)
    {
        while (true)
        {
            // The task is read first. If it were read after the condition, a change between the two would be missed.
            Task nextChange = Volatile.Read(ref _nextChange).Task;
            if (condition())
            {
                return;
            }

            await nextChange.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    // Asynchronous continuations, so that waiting code does not run inside NotifyChanged.
    private static TaskCompletionSource CreateSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
