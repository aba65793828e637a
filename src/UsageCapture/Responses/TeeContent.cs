using System.Net;
using System.Net.Http.Headers;

using UsageCapture.Exchanges;
using UsageCapture.Requests;

namespace UsageCapture.Responses;

/// <summary>A response's content, passed through and shown to a capture whichever way it is read.</summary>
internal sealed class TeeContent : HttpContent
{
    private readonly HttpContent _inner;
    private readonly ExchangeRecorder _capture;
    private readonly bool _isFiltered;

    /// <summary>Puts a content in the place of another.</summary>
    /// <param name="inner">The response's content as it came.</param>
    /// <param name="capture">Who looks at the bytes.</param>
    /// <param name="hides">Whether an event that the caller did not ask for is taken out, where that can be done. Everything else is unchanged.</param>
    public TeeContent(HttpContent inner, ExchangeRecorder capture, bool hides)
    {
        _inner = inner;
        _capture = capture;
        _isFiltered = hides && CanHideIn(inner);
        foreach ((string name, HeaderStringValues values) in inner.Headers.NonValidated)
        {
            if (!_isFiltered || !name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase))
            {
                Headers.TryAddWithoutValidation(name, values);
            }
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
            return new TeeStream(await _inner.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false), _capture, CreateFilter());
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
            return new TeeStream(_inner.ReadAsStream(cancellationToken), _capture, CreateFilter());
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
        var tee = new TeeWriteStream(stream, _capture, CreateFilter());
        await using (tee.ConfigureAwait(false))
        {
            try
            {
                await _inner.CopyToAsync(tee, context, cancellationToken).ConfigureAwait(false);
                await _capture.CompleteAsync().ConfigureAwait(false);
                await WriteAsync(tee.Complete()).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is not InvalidOperationException) // A second copy is refused: the first goes on.
            {
                _capture.Fail(exception, cancellationToken);
                if (exception is not OperationCanceledException)
                {
                    await WriteAsync(tee.Release()).ConfigureAwait(false);
                }

                throw;
            }
        }

        // Nothing is written where there is nothing: a token that fires after the last byte is no reason to fail.
        ValueTask WriteAsync(ReadOnlyMemory<byte> rest) => rest.IsEmpty ? default : stream.WriteAsync(rest, cancellationToken);
    }

    protected override void SerializeToStream(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        using var tee = new TeeWriteStream(stream, _capture, CreateFilter());
        try
        {
            _inner.CopyTo(tee, context, cancellationToken);
            _capture.CompleteAsync().GetAwaiter().GetResult();
            Write(tee.Complete());
        }
        catch (Exception exception) when (exception is not InvalidOperationException) // A second copy is refused: the first goes on.
        {
            _capture.Fail(exception, cancellationToken);
            if (exception is not OperationCanceledException)
            {
                Write(tee.Release());
            }

            throw;
        }

        void Write(ReadOnlyMemory<byte> rest)
        {
            if (!rest.IsEmpty)
            {
                stream.Write(rest.Span);
            }
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

    /// <summary>Gets whether an event can be taken out: not of a body that is encoded, nor of one whose length shows that it is no stream.</summary>
    private static bool CanHideIn(HttpContent content) =>
        !content.Headers.NonValidated.Contains("Content-Encoding")
        && (!content.Headers.NonValidated.Contains("Content-Length")
            || content.Headers.ContentType?.MediaType?.Equals("text/event-stream", StringComparison.OrdinalIgnoreCase) == true);

    private InjectedEventFilter? CreateFilter() => _isFiltered ? new InjectedEventFilter() : null;
}
