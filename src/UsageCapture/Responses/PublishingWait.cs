namespace UsageCapture.Responses;

/// <summary>Waits until the sinks have the record of a response that is complete, and reads the end of the body after a wait that the caller canceled.</summary>
/// <remarks>The tee streams call it before they give the caller the end of the response. A wait never throws.</remarks>
internal static class PublishingWait
{
    /// <summary>The longest time in which the end of the body is still read or written after the caller's token was canceled during the wait.</summary>
    /// <remarks>
    /// The response is complete, so the end of the body has arrived or arrives at once. The limit is for a server that keeps the connection
    /// open. A caller does not notice a tenth of a second.
    /// </remarks>
    public static readonly TimeSpan MaxEndOfBodyTime = TimeSpan.FromMilliseconds(100);

    /// <summary>Waits until the record is published, or the caller's token is canceled. In both cases the caller then gets the bytes.</summary>
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
    /// <exception cref="OperationCanceledException">The body did not end in time. The exception has the caller's token.</exception>
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
