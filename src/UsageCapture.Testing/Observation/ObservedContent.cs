using System.Net;

namespace UsageCapture.Testing.Observation;

/// <summary>Passes the content of a response through unchanged, and logs the bytes that the caller reads.</summary>
internal sealed class ObservedContent : HttpContent
{
    private readonly HttpContent _inner;
    private readonly BodyReadLog _log;

    // Null after its call, because it must run only once.
    private Action? _onEnd;

    /// <summary>Initializes a new instance.</summary>
    /// <param name="inner">The content of the response. It is disposed with this instance.</param>
    /// <param name="log">Receives each read. It must not have another writer.</param>
    /// <param name="onEnd">Called once: at the end of the body, after a failed read, or at disposal.</param>
    public ObservedContent(HttpContent inner, BodyReadLog log, Action onEnd)
    {
        _inner = inner;
        _log = log;
        _onEnd = onEnd;
        foreach (KeyValuePair<string, IEnumerable<string>> header in inner.Headers)
        {
            Headers.TryAddWithoutValidation(header.Key, header.Value);
        }
    }

    protected override Stream CreateContentReadStream(CancellationToken cancellationToken) =>
        new ObservedStream(_inner.ReadAsStream(cancellationToken), _log, CallOnEnd);

    protected override Task<Stream> CreateContentReadStreamAsync() => CreateContentReadStreamAsync(CancellationToken.None);

    protected override async Task<Stream> CreateContentReadStreamAsync(CancellationToken cancellationToken) =>
        new ObservedStream(await _inner.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false), _log, CallOnEnd);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        Stream body = await CreateContentReadStreamAsync(cancellationToken).ConfigureAwait(false);
        await using (body.ConfigureAwait(false))
        {
            await body.CopyToAsync(stream, cancellationToken).ConfigureAwait(false);
        }
    }

    protected override void SerializeToStream(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        using Stream body = CreateContentReadStream(cancellationToken);
        body.CopyTo(stream);
    }

    protected override bool TryComputeLength(out long length)
    {
        long? announcedLength = _inner.Headers.ContentLength;
        length = announcedLength ?? 0;
        return announcedLength is not null;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _inner.Dispose();
            CallOnEnd();
        }

        base.Dispose(disposing);
    }

    private void CallOnEnd() => Interlocked.Exchange(ref _onEnd, null)?.Invoke();
}
