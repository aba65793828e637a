using System.Net;

namespace UsageCapture.Requests;

/// <summary>A request body in memory, with or without a change (a splice). It can be sent any number of times.</summary>
/// <remarks>
/// When the caller's content does not know its length, this one does not announce a length either, so that the request is framed in the
/// same way.
/// </remarks>
internal sealed class BufferedRequestContent : SubstituteContent
{
    private readonly ReadOnlyMemory<byte> _beforeSplice;
    private readonly ReadOnlyMemory<byte> _inserted;
    private readonly ReadOnlyMemory<byte> _afterSplice;

    /// <summary>Creates a content that the handler sends.</summary>
    /// <param name="original">The caller's content.</param>
    /// <param name="body">The bytes of the caller's content.</param>
    /// <param name="splice">The change; null when there is none.</param>
    public BufferedRequestContent(HttpContent original, ReadOnlyMemory<byte> body, Splice? splice)
        : base(original)
    {
        Body = body;
        (_beforeSplice, _inserted, _afterSplice) = splice is { } change
            ? (body[..change.Offset], change.Inserted, body[(change.Offset + change.RemovedLength)..])
            : (body, default, default);
    }

    /// <summary>Gets the bytes of the caller's content, without the change.</summary>
    public ReadOnlyMemory<byte> Body { get; }

    /// <summary>Creates a content that stays on a request after a failure, so that the caller can send the request again.</summary>
    /// <remarks>It counts as released, so that the next attempt recognizes the content of an earlier attempt.</remarks>
    public static BufferedRequestContent ForRetry(HttpContent original, ReadOnlyMemory<byte> body) =>
        new(original, body, splice: null) { IsReleased = true };

    protected override bool TryComputeLength(out long length)
    {
        // HttpContent ignores the length when the result is false.
        length = (long)_beforeSplice.Length + _inserted.Length + _afterSplice.Length;
        return OriginalLength is not null;
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        BeginSending();
        try
        {
            await stream.WriteAsync(_beforeSplice, cancellationToken).ConfigureAwait(false);
            if (!_inserted.IsEmpty)
            {
                await stream.WriteAsync(_inserted, cancellationToken).ConfigureAwait(false);
            }

            if (!_afterSplice.IsEmpty)
            {
                await stream.WriteAsync(_afterSplice, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            EndSending();
        }
    }

    protected override void SerializeToStream(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        BeginSending();
        try
        {
            stream.Write(_beforeSplice.Span);
            stream.Write(_inserted.Span);
            stream.Write(_afterSplice.Span);
        }
        finally
        {
            EndSending();
        }
    }
}
