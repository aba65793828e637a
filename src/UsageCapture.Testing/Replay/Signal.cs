namespace UsageCapture.Testing.Replay;

/// <summary>Tells those who wait for something that it may have come about.</summary>
internal sealed class Signal
{
    private TaskCompletionSource _next = Create();

    public void Raise() => Interlocked.Exchange(ref _next, Create()).SetResult();

    public async Task WaitUntilAsync(Func<bool> condition, CancellationToken cancellationToken)
    {
        while (true)
        {
            // What is raised after the look is not missed: it completes this one.
            Task next = Volatile.Read(ref _next).Task;
            if (condition())
            {
                return;
            }

            await next.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private static TaskCompletionSource Create() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
