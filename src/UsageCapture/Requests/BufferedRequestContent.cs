using System.Net;

namespace UsageCapture.Requests;

/// <summary>A request body in memory, with or without a change. It can be sent any number of times.</summary>
/// <remarks>
/// It replaces the caller's content while the request is sent, and has the same headers. When the caller's content does not know its
/// length, this one does not announce a length either, so that the request is framed in the same way.
/// </remarks>
internal sealed class BufferedRequestContent : HttpContent
{
    private readonly ReadOnlyMemory<byte> _before;
    private readonly ReadOnlyMemory<byte> _inserted;
    private readonly ReadOnlyMemory<byte> _after;
    private readonly bool _lengthIsKnown;

    public BufferedRequestContent(HttpContent original, ReadOnlyMemory<byte> body, Splice? splice)
    {
        (_before, _inserted, _after) = splice is { } change
            ? (body[..change.Offset], change.Inserted, body[(change.Offset + change.RemovedLength)..])
            : (body, default, default);

        // Reading ContentLength computes it when the content can, as sending the content does.
        _lengthIsKnown = original.Headers.ContentLength is not null;
        foreach ((string name, System.Net.Http.Headers.HeaderStringValues values) in original.Headers.NonValidated)
        {
            if (!name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase))
            {
                Headers.TryAddWithoutValidation(name, values);
            }
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = (long)_before.Length + _inserted.Length + _after.Length;
        return _lengthIsKnown;
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        await stream.WriteAsync(_before, cancellationToken).ConfigureAwait(false);
        if (!_inserted.IsEmpty)
        {
            await stream.WriteAsync(_inserted, cancellationToken).ConfigureAwait(false);
            await stream.WriteAsync(_after, cancellationToken).ConfigureAwait(false);
        }
    }

    protected override void SerializeToStream(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        stream.Write(_before.Span);
        stream.Write(_inserted.Span);
        stream.Write(_after.Span);
    }
}
