namespace UsageCapture.Exchanges;

/// <summary>Reads a response on after its caller has left, for the usage that is still to come, and then closes it.</summary>
/// <remarks>
/// <para>
/// The recorder creates it when the caller leaves, <see cref="BackgroundCompletions"/> runs it, and the tee gives it the body with
/// <see cref="TryTakeOver"/>. A caller that cancelled may dispose of the body later, or read on after all: <see cref="Skip"/> then ends
/// the drain.
/// </para>
/// </remarks>
#pragma warning disable CA1001 // RunAsync disposes of the deadline when it is over.
internal sealed class TailDrain(ExchangeRecorder recorder, UsageOutcome outcome, ExchangeContext context)
#pragma warning restore CA1001
{
    private const int BufferSize = 4 * 1024;

    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _deadline = new(context.Drain.Timeout, context.TimeProvider);

    // The stream to read. When the caller has not opened one, it is the content.
    private readonly TaskCompletionSource<IDisposable> _body = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // What the caller has disposed of, and what the drain disposes of in its place: the stream, its content, or both.
    private readonly List<IDisposable> _owned = [];
    private bool _isOver;

    /// <summary>Gets the longest that the drain takes.</summary>
    public TimeSpan Timeout => context.Drain.Timeout;

    /// <summary>Takes over what the caller disposes of. The drain reads it and disposes of it at its end.</summary>
    /// <param name="body">The body's stream, or its content.</param>
    /// <returns>False when the drain is over, so that the caller disposes of it itself.</returns>
    public bool TryTakeOver(IDisposable body)
    {
        lock (_lock)
        {
            if (_isOver)
            {
                return false;
            }

            _owned.Add(body);
        }

        _body.TrySetResult(body);
        return true;
    }

    /// <summary>Ends the drain where it stands. The record is published with what is known.</summary>
    public void Abort()
    {
        try
        {
            _deadline.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The drain ended just now.
        }
    }

    /// <summary>Ends the drain before it has read anything, because the exchange has ended otherwise.</summary>
    public void Skip() => _body.TrySetCanceled();

    /// <summary>Drains the body.</summary>
    /// <returns>Completes when the record is published and the body is disposed of. It never fails.</returns>
    public async Task RunAsync()
    {
        try
        {
            IDisposable body = await _body.Task.WaitAsync(_deadline.Token).ConfigureAwait(false);

            // The stream may ignore its token or block its thread. The deadline holds all the same.
            await Task.Run(() => ReadAsync(body, _deadline.Token), CancellationToken.None).WaitAsync(_deadline.Token).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // The time is up, or the body broke. The record is published with what is known.
        catch (Exception)
#pragma warning restore CA1031
        {
        }

        Task publishing = recorder.EndDrain(outcome);
        DisposeOwned();
        _deadline.Dispose();
        await publishing.ConfigureAwait(false);
    }

    private async Task ReadAsync(IDisposable body, CancellationToken cancellationToken)
    {
        Stream stream = body as Stream ?? await ((HttpContent)body).ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        byte[] buffer = new byte[BufferSize];
        for (int rest = context.Drain.Bytes; rest > 0;)
        {
            int read = await stream.ReadAsync(buffer.AsMemory(0, Math.Min(rest, buffer.Length)), cancellationToken).ConfigureAwait(false);
            rest -= read;
            if (recorder.ObserveDrained(buffer.AsSpan(0, read), outcome))
            {
                return;
            }
        }
    }

    private void DisposeOwned()
    {
        lock (_lock)
        {
            _isOver = true;
        }

        foreach (IDisposable body in _owned)
        {
            try
            {
                body.Dispose();
            }
#pragma warning disable CA1031 // The caller has left, and the other bodies must be disposed of too.
            catch (Exception)
#pragma warning restore CA1031
            {
            }
        }
    }
}
