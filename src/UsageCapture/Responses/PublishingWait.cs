namespace UsageCapture.Responses;

/// <summary>Waits until the sinks have the record of a response that is complete. The wait never throws.</summary>
internal static class PublishingWait
{
    /// <summary>How long the end of the body may still be read after the caller's token was canceled during the wait.</summary>
    /// <remarks>The body is complete, so its end has arrived or arrives at once. A server that keeps the connection open must not delay the caller.</remarks>
    public static readonly TimeSpan MaxEndOfBodyTime = TimeSpan.FromMilliseconds(100);

    /// <summary>Waits until the record is published, or the caller's token is canceled. The caller gets the bytes either way.</summary>
    public static async ValueTask WaitAsync(Task publishing, CancellationToken cancellationToken) =>
        await publishing.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    /// <summary>Waits synchronously.</summary>
    /// <param name="publishing">The task of publishing. It never fails.</param>
    /// <param name="timeout">
    /// The longest wait in real time. Publishing has the same limit, but needs the thread pool to notice it, and the pool may have no
    /// thread left when many callers block.
    /// </param>
    public static void Wait(Task publishing, TimeSpan timeout) => publishing.Wait(timeout);

    /// <summary>Reads the end of the body, although the caller's token was canceled during the wait.</summary>
    /// <exception cref="OperationCanceledException">The body did not end in time. It has the caller's token.</exception>
    public static async ValueTask<int> ReadEndAsync(Stream body, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(MaxEndOfBodyTime);
        try
        {
            return await body.ReadAsync(buffer, limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException exception) when (limit.IsCancellationRequested)
        {
            throw new TaskCanceledException(exception.Message, exception.InnerException, cancellationToken);
        }
    }
}
