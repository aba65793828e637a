using System.Net;
using System.Net.Http.Headers;
using System.Runtime.ExceptionServices;

using UsageCapture.Decoding;
using UsageCapture.Exchanges;
using UsageCapture.Requests;

namespace UsageCapture.Responses;

/// <summary>The content that the caller gets in place of a response's own content. It passes every byte through and shows it to the recorder.</summary>
/// <remarks>
/// When the caller opens a stream, a <see cref="TeeStream"/> shows the bytes. When the caller copies or buffers the content, a
/// <see cref="TeeWriteStream"/> does.
/// </remarks>
internal sealed class TeeContent : HttpContent
{
    private readonly HttpContent _inner;
    private readonly ExchangeRecorder _recorder;

    // The ranges that the filter removes, shared by the streams of this content, so that each one removes the same bytes; null when no
    // event is hidden.
    private readonly RemovedRanges? _removedRanges;

    /// <summary>Wraps a content.</summary>
    /// <param name="inner">The response's content.</param>
    /// <param name="recorder">Records the exchange.</param>
    /// <param name="hidesInjectedUsage">Whether the event that only the handler asked for is removed, where that is possible.</param>
    public TeeContent(HttpContent inner, ExchangeRecorder recorder, bool hidesInjectedUsage)
    {
        _inner = inner;
        _recorder = recorder;
        _removedRanges = hidesInjectedUsage && CanHideIn(inner) ? new RemovedRanges() : null;
        foreach ((string name, HeaderStringValues values) in inner.Headers.NonValidated)
        {
            // An announced length is wrong for a body from which an event is removed.
            if (_removedRanges is null || !name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase))
            {
                Headers.TryAddWithoutValidation(name, values);
            }
        }
    }

    // An announced length is copied as a header. Without one, the length is unknown.
    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    // Without these overrides, HttpContent buffers the whole body for ReadAsStreamAsync.
    protected override Task<Stream> CreateContentReadStreamAsync() => CreateContentReadStreamAsync(CancellationToken.None);

    protected override async Task<Stream> CreateContentReadStreamAsync(CancellationToken cancellationToken)
    {
        try
        {
            return new TeeStream(await _inner.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false), _recorder, CreateFilter());
        }
        catch (Exception exception)
        {
            _recorder.Fail(exception, cancellationToken);
            throw;
        }
    }

    protected override Stream CreateContentReadStream(CancellationToken cancellationToken)
    {
        try
        {
            return new TeeStream(_inner.ReadAsStream(cancellationToken), _recorder, CreateFilter());
        }
        catch (Exception exception)
        {
            _recorder.Fail(exception, cancellationToken);
            throw;
        }
    }

    // The inner content copies itself, so that a second copy, a limit or a failure has the same effect as without the handler.
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        using var cancellation = new CopyCancellation(_recorder, cancellationToken);
        var tee = new TeeWriteStream(stream, _recorder, cancellation, CreateFilter());
        await using (tee.ConfigureAwait(false))
        {
            try
            {
                await _inner.CopyToAsync(tee, context, cancellation.Token).ConfigureAwait(false);
                (ReadOnlyMemory<byte> rest, Task publishing) = await tee.CompleteAsync().ConfigureAwait(false);
                if (!publishing.IsCompleted)
                {
                    await cancellation.WaitAsync(publishing).ConfigureAwait(false);
                }

                await WriteAsync(rest).ConfigureAwait(false);
            }
            catch (OperationCanceledException exception)
            {
                await WriteHeldAsync(tee, stream, cancellation).ConfigureAwait(false);
                _recorder.Fail(exception, cancellationToken);
                ExceptionDispatchInfo.Throw(cancellation.WithCallerToken(exception));
            }
            catch (Exception exception) when (exception is not InvalidOperationException || tee.IsHolding) // See SerializeToStream.
            {
                _recorder.Fail(exception, cancellationToken);
                if (tee.IsHolding)
                {
                    await cancellation.WaitAsync(_recorder.EndWithoutUsage()).ConfigureAwait(false);
                }

                await WriteAsync(await tee.ReleaseAsync().ConfigureAwait(false)).ConfigureAwait(false);
                throw;
            }
        }

        // An empty write could fail with a token that was canceled after the last byte. So empty writes are left out.
        ValueTask WriteAsync(ReadOnlyMemory<byte> rest) => rest.IsEmpty ? default : stream.WriteAsync(rest, cancellation.Token);
    }

    protected override void SerializeToStream(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        using var tee = new TeeWriteStream(stream, _recorder, cancellation: null, CreateFilter());
        try
        {
            _inner.CopyTo(tee, context, cancellationToken);
            (ReadOnlyMemory<byte> rest, Task publishing) = tee.Complete();
            tee.WaitForSinks(publishing);
            Write(rest);
        }

        // A content refuses a second copy with an InvalidOperationException, which must not end the exchange of the first copy. While bytes
        // are held, this copy is the first one.
        catch (Exception exception) when (exception is not InvalidOperationException || tee.IsHolding)
        {
            // Held bytes are written first, as without the handler. So a failure of this write replaces the exception.
            _recorder.Fail(exception, cancellationToken);
            if (tee.IsHolding)
            {
                tee.WaitForSinks(_recorder.EndWithoutUsage());
            }

            // After a cancellation, the bytes of the filter are dropped, as in an asynchronous copy.
            if (tee.IsHolding || exception is not OperationCanceledException)
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

    /// <summary>Writes the held end of a response whose copy was canceled. Without the handler, it was written before the cancellation.</summary>
    private async ValueTask WriteHeldAsync(TeeWriteStream tee, Stream destination, CopyCancellation cancellation)
    {
        if (!tee.IsHolding)
        {
            return;
        }

        await cancellation.WaitAsync(_recorder.EndWithoutUsage()).ConfigureAwait(false);
        ReadOnlyMemory<byte> held = await tee.ReleaseAsync().ConfigureAwait(false);
        if (!held.IsEmpty)
        {
            using var limit = new CancellationTokenSource(PublishingWait.MaxEndOfBodyTime);
            try
            {
                await destination.WriteAsync(held, limit.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                // The caller gets the cancellation of the copy.
            }
        }
    }

    protected override void Dispose(bool disposing)
    {
        // Disposes the stream if the caller has opened one. That stream then decides whether the rest of the body is drained.
        base.Dispose(disposing);
        if (disposing && !_recorder.TryDrain(_inner))
        {
            _recorder.Dispose();
            _inner.Dispose();
        }
    }

    /// <summary>Returns whether an event can be removed: the body is not compressed, and may be a stream of events.</summary>
    /// <remarks>A body with an announced length is a stream of events only if its type says so.</remarks>
    private static bool CanHideIn(HttpContent content) =>
        !content.Headers.NonValidated.Contains("Content-Encoding")
        && (!content.Headers.NonValidated.Contains("Content-Length")
            || string.Equals(RawHeaders.GetContentType(content.Headers)?.MediaType, "text/event-stream", StringComparison.OrdinalIgnoreCase));

    private InjectedEventFilter? CreateFilter() => _removedRanges is null ? null : new InjectedEventFilter(_removedRanges);
}
