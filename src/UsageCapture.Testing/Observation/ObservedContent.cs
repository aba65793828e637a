using System.Net;

namespace UsageCapture.Testing.Observation;

/// <summary>Passes the content of a response through unchanged, and logs the bytes that the caller reads.</summary>
/// <remarks><see cref="RecordingHandler"/> and <see cref="WitnessHandler"/> put it around the content of each response.</remarks>
internal sealed class ObservedContent : HttpContent
{
    private readonly HttpContent _inner;
    private readonly BodyReadLog _log;

    // The callback; null after it was called, because it must be called only once.
    private Action? _onFinished;

    /// <summary>Initializes a new instance.</summary>
    /// <param name="inner">The content of the response. It is disposed with this instance.</param>
    /// <param name="log">Receives each read. It must not have another writer.</param>
    /// <param name="onFinished">Called once: at the end of the body, after a failed read, or at disposal.</param>
    public ObservedContent(HttpContent inner, BodyReadLog log, Action onFinished)
    {
        _inner = inner;
        _log = log;
        _onFinished = onFinished;
        foreach (KeyValuePair<string, IEnumerable<string>> header in inner.Headers)
        {
            Headers.TryAddWithoutValidation(header.Key, header.Value);
        }
    }

    protected override Stream CreateContentReadStream(CancellationToken cancellationToken) =>
        new ObservedStream(_inner.ReadAsStream(cancellationToken), _log, CallOnFinished);

    protected override Task<Stream> CreateContentReadStreamAsync() => CreateContentReadStreamAsync(CancellationToken.None);

    protected override async Task<Stream> CreateContentReadStreamAsync(CancellationToken cancellationToken) =>
        new ObservedStream(await _inner.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false), _log, CallOnFinished);

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
            // The connection is released first, because the callback can take time or throw.
            _inner.Dispose();
            CallOnFinished();
        }

        base.Dispose(disposing);
    }

    private void CallOnFinished() => Interlocked.Exchange(ref _onFinished, null)?.Invoke();
}
