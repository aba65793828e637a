using UsageCapture.Delivery;

namespace UsageCapture.Exchanges;

/// <summary>Continues to read a response after its caller has left it, to find the usage at its end or its error, and then disposes it.</summary>
/// <remarks>
/// <para>
/// Usage: 1. The recorder creates the drain when the caller disposes the response or cancels a read.
/// 2. <see cref="BackgroundWork"/> calls <see cref="RunAsync"/>, which waits for the body.
/// 3. When the caller disposes the body, the body is not disposed. The recorder passes it to <see cref="TryTakeOver"/>, and the drain reads it to its end.
/// </para>
/// <para>
/// The error of a rejected response: the recorder passes the body first, and <see cref="RunAsync"/> begins to read on the caller's thread. An
/// error that has already arrived is then in the record at once, and only one that has not is read in the background.
/// </para>
/// <para>
/// A caller that has cancelled a read may still read to the end itself. The recorder then calls <see cref="CancelIfWaitingForBody"/>. Disposal of the
/// handler calls <see cref="Abort"/>. Thread-safe.
/// </para>
/// </remarks>
/// <param name="recorder">Decodes the bytes and publishes the record.</param>
/// <param name="outcome">How the caller left the response. It is the outcome of the exchange.</param>
/// <param name="limits">The limits of time and bytes.</param>
/// <param name="readsError">Whether it reads the error of a rejected response. Otherwise it reads the usage of a successful one.</param>
/// <param name="timeProvider">The clock.</param>
#pragma warning disable CA1001 // RunAsync disposes the deadline at its end.
internal sealed class TailDrain(ExchangeRecorder recorder, UsageOutcome outcome, DrainLimits limits, bool readsError, TimeProvider timeProvider)
#pragma warning restore CA1001
{
    // The rest of a response usually has one or two events, of a few hundred bytes each.
    private const int BufferSize = 4 * 1024;

    private readonly Lock _lock = new();
    private readonly Deadline _deadline = new(limits.Timeout, timeProvider);

    // The body to read: a Stream, or the HttpContent when the caller has opened no stream.
    private readonly TaskCompletionSource<IDisposable> _body = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // The objects that the caller wanted to dispose, and that the drain disposes at its end: the stream, the content, or both. The first of
    // them is the body to read.
    private readonly List<IDisposable> _bodiesToDispose = [];
    private bool _hasBegunDisposal; // Then no object is added to _bodiesToDispose.

    /// <summary>Gets the longest time from the creation of the drain to the end of reading.</summary>
    public TimeSpan Timeout => limits.Timeout;

    /// <summary>Gets whether it reads the error of a rejected response.</summary>
    public bool ReadsError => readsError;

    /// <summary>Takes over the disposal of the body. The drain reads the body and disposes it at its end.</summary>
    /// <param name="body">The body's <see cref="Stream"/> or <see cref="HttpContent"/>.</param>
    /// <returns>False when the drain has already ended, so that the caller must dispose the body.</returns>
    public bool TryTakeOver(IDisposable body)
    {
        lock (_lock)
        {
            if (_hasBegunDisposal)
            {
                return false;
            }

            _bodiesToDispose.Add(body);
        }

        _body.TrySetResult(body);
        return true;
    }

    /// <summary>Ends the drain at once, at any time. The record is published with the counts that are known.</summary>
    public void Abort() => _deadline.Cancel();

    /// <summary>Ends a drain that has no body yet, because the exchange has ended in another way. It has no effect on a drain that reads.</summary>
    public void CancelIfWaitingForBody() => _body.TrySetCanceled();

    /// <summary>Waits for the body, reads it, and ends the exchange.</summary>
    /// <returns>A task that completes when the record is published and the body is disposed. It never fails.</returns>
    public async Task RunAsync()
    {
        if (await _deadline.WaitAsync(_body.Task).ConfigureAwait(false) && _body.Task.IsCompletedSuccessfully)
        {
            IDisposable body = await _body.Task.ConfigureAwait(false);

            // A stream may ignore its token or block its thread, so the deadline also ends this wait. Disposing the stream then ends its
            // read. WaitAsync does not throw when reading fails. The record is then published with the counts that are known.
            CancellationToken token = _deadline.Token;
            Task readTask = readsError ? ReadAsync(body, token) : Task.Run(() => ReadAsync(body, token), CancellationToken.None);
            await _deadline.WaitAsync(readTask).ConfigureAwait(false);
        }

        Task publishing = recorder.EndDrain(outcome);
        DisposeBodies();
        _deadline.Dispose();
        await publishing.ConfigureAwait(false);
    }

    private async Task ReadAsync(IDisposable body, CancellationToken cancellationToken)
    {
        Stream stream = body as Stream ?? await ((HttpContent)body).ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        byte[] buffer = new byte[BufferSize];
        int remainingBytes = limits.MaxBytes;
        bool exchangeHasEnded = false;
        while (remainingBytes > 0 && !exchangeHasEnded)
        {
            int read = await stream.ReadAsync(buffer.AsMemory(0, Math.Min(remainingBytes, buffer.Length)), cancellationToken).ConfigureAwait(false);
            remainingBytes -= read;

            // No bytes are the end of the body, which always ends the exchange.
            exchangeHasEnded = recorder.ObserveDrained(buffer.AsSpan(0, read), outcome);
        }
    }

    private void DisposeBodies()
    {
        lock (_lock)
        {
            _hasBegunDisposal = true;
        }

        foreach (IDisposable body in _bodiesToDispose) // Without the lock, because nothing is added any more.
        {
            try
            {
                body.Dispose();
            }
#pragma warning disable CA1031 // The caller has left, so the failure would reach no code. The other objects must be disposed too.
            catch (Exception)
#pragma warning restore CA1031
            {
            }
        }
    }
}
