using System.Net;

namespace UsageCapture.Capture;

/// <summary>A response's content, passed through unchanged and shown to a capture whichever way it is read.</summary>
internal sealed class TeeContent : HttpContent
{
    private readonly HttpContent _inner;
    private readonly ExchangeCapture _capture;

    public TeeContent(HttpContent inner, ExchangeCapture capture)
    {
        _inner = inner;
        _capture = capture;
        foreach ((string name, System.Net.Http.Headers.HeaderStringValues values) in inner.Headers.NonValidated)
        {
            Headers.TryAddWithoutValidation(name, values);
        }
    }

    // A length that the server did not announce stays unannounced.
    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    // HttpContent buffers the whole body for ReadAsStreamAsync unless these are overridden.
    protected override Task<Stream> CreateContentReadStreamAsync() => CreateContentReadStreamAsync(CancellationToken.None);

    protected override async Task<Stream> CreateContentReadStreamAsync(CancellationToken cancellationToken)
    {
        try
        {
            return new TeeStream(await _inner.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false), _capture);
        }
        catch (Exception exception)
        {
            _capture.Fail(exception, cancellationToken);
            throw;
        }
    }

    protected override Stream CreateContentReadStream(CancellationToken cancellationToken)
    {
        try
        {
            return new TeeStream(_inner.ReadAsStream(cancellationToken), _capture);
        }
        catch (Exception exception)
        {
            _capture.Fail(exception, cancellationToken);
            throw;
        }
    }

    // Copies run on the inner content's own code, so that a second copy, a limit or a fault shows itself as it always did.
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        try
        {
            var tee = new TeeWriteStream(stream, _capture);
            await using (tee.ConfigureAwait(false))
            {
                await _inner.CopyToAsync(tee, context, cancellationToken).ConfigureAwait(false);
            }

            await _capture.CompleteAsync().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not InvalidOperationException) // A second copy is refused: the first goes on.
        {
            _capture.Fail(exception, cancellationToken);
            throw;
        }
    }

    protected override void SerializeToStream(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        try
        {
            using var tee = new TeeWriteStream(stream, _capture);
            _inner.CopyTo(tee, context, cancellationToken);
            _capture.CompleteAsync().GetAwaiter().GetResult();
        }
        catch (Exception exception) when (exception is not InvalidOperationException) // A second copy is refused: the first goes on.
        {
            _capture.Fail(exception, cancellationToken);
            throw;
        }
    }

    protected override void Dispose(bool disposing)
    {
        // Disposes of the stream that was opened, if one was: it decides whether there is anything left to be drained.
        base.Dispose(disposing);
        if (disposing && !_capture.TryDrain(_inner))
        {
            _capture.Dispose();
            _inner.Dispose();
        }
    }
}
