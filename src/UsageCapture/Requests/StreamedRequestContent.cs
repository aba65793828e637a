using System.Net;

namespace UsageCapture.Requests;

/// <summary>A request body of which only the start is in memory. The caller's content writes the rest while it is sent, so it can be sent only once.</summary>
/// <remarks>
/// It is used for a body that is longer than <see cref="RequestBuffer.MaxBodyLength"/>. It is also used for a content that failed: sending
/// it sends the bytes that the content wrote and then throws the content's exception, as without the handler.
/// </remarks>
internal sealed class StreamedRequestContent : SubstituteContent
{
    private readonly ReadOnlyMemory<byte> _start;
    private readonly RequestBuffer? _buffer;
    private readonly Task _writing;
    private int _wasSent; // 1 when sending has begun. An int for Interlocked.

    /// <summary>Creates a content.</summary>
    /// <param name="original">The caller's content.</param>
    /// <param name="start">The start of the body.</param>
    /// <param name="buffer">What the caller's content writes to; null when it has ended.</param>
    /// <param name="writing">Completes when the caller's content has written its last byte.</param>
    public StreamedRequestContent(HttpContent original, ReadOnlyMemory<byte> start, RequestBuffer? buffer, Task writing)
        : base(original)
    {
        _start = start;
        _buffer = buffer;
        _writing = writing;

        // When the content is never sent, no code awaits the task. Reading the exception marks it as observed.
        _ = writing.ContinueWith(
            static task => task.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    /// <summary>Gets whether the caller's content failed while it was read.</summary>
    public bool HasFailed => _writing.IsFaulted || _writing.IsCanceled;

    /// <summary>Gets whether a retry can send it: nothing was sent yet, and the caller's content still waits to write the rest.</summary>
    public bool CanBeRetried => _wasSent == 0 && !_writing.IsCompleted;

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
            await stream.WriteAsync(_start, cancellationToken).ConfigureAwait(false);
            _buffer?.WriteRestTo(stream, cancellationToken);
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
            stream.Write(_start.Span);
            _buffer?.WriteRestTo(stream, cancellationToken);
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
        if (Interlocked.Exchange(ref _wasSent, 1) != 0)
        {
            throw new InvalidOperationException("The content was already sent. Its bytes are not in memory, so it cannot be sent again.");
        }

        BeginSending();
    }
}
