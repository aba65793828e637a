namespace UsageCapture.Exchanges;

/// <summary>Reads on in the caller's place, for the usage that is still to come, and lets the connection go afterwards.</summary>
/// <remarks>
/// It begins when the caller leaves: by disposing, or by a cancellation, after which the caller may still read on or dispose. What it
/// was given to dispose of is disposed of once it is done or given up.
/// </remarks>
#pragma warning disable CA1001 // RunAsync disposes of the deadline when it is over.
internal sealed class TailDrain(ExchangeRecorder capture, UsageOutcome outcome, ExchangeContext context)
#pragma warning restore CA1001
{
    private const int BufferSize = 4 * 1024;

    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _deadline = new(context.Drain.Timeout, context.TimeProvider);

    // The stream to read; where the caller never opened one, the content.
    private readonly TaskCompletionSource<IDisposable> _body = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<IDisposable> _inherited = [];
    private bool _isDone;

    /// <summary>Gets the longest that it takes.</summary>
    public TimeSpan Timeout => context.Drain.Timeout;

    /// <summary>Takes over what the caller has disposed of: the body's stream, or its content.</summary>
    /// <returns>False when it is done already, so that the caller disposes itself.</returns>
    public bool TryInherit(IDisposable body)
    {
        lock (_lock)
        {
            if (_isDone)
            {
                return false;
            }

            _inherited.Add(body);
        }

        _body.TrySetResult(body);
        return true;
    }

    /// <summary>Ends the drain where it stands; the record is published as it is.</summary>
    public void GiveUp()
    {
        try
        {
            _deadline.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It was done just now.
        }
    }

    /// <summary>Notes that the exchange has ended otherwise: the caller has read on after all.</summary>
    public void Forgo() => _body.TrySetCanceled();

    /// <summary>Drains. The task never fails, and is done when the record is published and the connection is let go.</summary>
    public async Task RunAsync()
    {
        try
        {
            IDisposable body = await _body.Task.WaitAsync(_deadline.Token).ConfigureAwait(false);

            // On the thread pool, and waited for from outside: a stream that blocks must not hold up the caller or the record.
            await Task.Run(() => ReadAsync(body, _deadline.Token), CancellationToken.None).WaitAsync(_deadline.Token).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Out of time, broken, or read to the end by somebody else: the record says what there is.
        catch (Exception)
#pragma warning restore CA1031
        {
        }

        Task publishing = capture.EndUnattended(outcome);
        LetGo();
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
            if (capture.ObserveTail(buffer.AsSpan(0, read), outcome))
            {
                return;
            }
        }
    }

    private void LetGo()
    {
        lock (_lock)
        {
            _isDone = true;
        }

        foreach (IDisposable body in _inherited)
        {
            try
            {
                body.Dispose();
            }
#pragma warning disable CA1031 // Nobody is there to be told, and the next one is to be disposed of as well.
            catch (Exception)
#pragma warning restore CA1031
            {
            }
        }
    }
}
