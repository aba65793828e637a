using System.Net;

namespace UsageCapture.Requests;

/// <summary>A request body that can be sent only once: it is too long to be in memory, or the caller's content failed while it was read.</summary>
/// <remarks>
/// Of a body longer than <see cref="RequestBuffer.MaxBodyLength"/>, only the start is in memory. The caller's content writes the rest while
/// the request is sent. If the caller's content failed, the bytes that it had written are sent, and then its exception is thrown, as it
/// would be without usage capture.
/// </remarks>
internal sealed class SingleUseRequestContent : SubstituteContent
{
    private readonly ReadOnlyMemory<byte> _bodyStart;
    private readonly RequestBuffer? _buffer;
    private readonly Task _writing;
    private int _sendingBegan; // 0 or 1, for Interlocked.

    /// <summary>Creates a content.</summary>
    /// <param name="original">The caller's content.</param>
    /// <param name="start">The start of the body.</param>
    /// <param name="buffer">The stream that the caller's content writes to; null when the content has ended its writing.</param>
    /// <param name="writing">Completes when the caller's content has written its last byte.</param>
    public SingleUseRequestContent(HttpContent original, ReadOnlyMemory<byte> start, RequestBuffer? buffer, Task writing)
        : base(original)
    {
        _bodyStart = start;
        _buffer = buffer;
        _writing = writing;

        // When the content is never sent, no code awaits the task. Reading the exception marks it as observed.
        _ = writing.ContinueWith(
            static task => task.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    /// <summary>Gets whether the caller's content failed while it wrote its bytes, also because <see cref="Abort"/> ended its writing.</summary>
    public bool HasFailed => _writing.IsFaulted || _writing.IsCanceled;

    /// <summary>Gets whether sending has not begun, and the caller's content waits to write the rest. So it is after an attempt that could not connect.</summary>
    public bool IsWaitingToBeSent => _sendingBegan == 0 && !_writing.IsCompleted;

    /// <summary>Ends the writing of the caller's content, if it still waits. No effect when the writing has ended.</summary>
    public void Abort() => _buffer?.Abort();

    protected override bool TryComputeLength(out long length)
    {
        length = OriginalLength ?? 0;
        return OriginalLength is not null;
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        BeginSendingOnce();
        try
        {
            await stream.WriteAsync(_bodyStart, cancellationToken).ConfigureAwait(false);

            // From here on, the caller's content writes directly to the stream. _writing completes after its last byte.
            _buffer?.SetRestDestination(stream, cancellationToken);
            await _writing.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Abort(); // After a failure, a write of the caller's content may still wait.
            EndSending();
        }
    }

    protected override void SerializeToStream(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        BeginSendingOnce();
        try
        {
            stream.Write(_bodyStart.Span);

            // The wait blocks this thread only. OutgoingBody gave the caller's content a thread of its own.
            _buffer?.SetRestDestination(stream, cancellationToken);
            _writing.WaitAsync(cancellationToken).GetAwaiter().GetResult();
        }
        finally
        {
            Abort(); // After a failure, a write of the caller's content may still wait.
            EndSending();
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Abort();
        }

        base.Dispose(disposing);
    }

    private void BeginSendingOnce()
    {
        if (Interlocked.Exchange(ref _sendingBegan, 1) != 0)
        {
            throw new InvalidOperationException("The content was already sent. It can be sent only once, because it is too long to be kept in memory, or because reading it failed.");
        }

        BeginSending();
    }
}
