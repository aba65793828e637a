using System.Net;

namespace UsageCapture.Capture;

/// <summary>A response's content without the event that the caller did not ask for.</summary>
internal sealed class HidingContent : HttpContent
{
    private readonly HttpContent _inner;
    private bool _isCopied;

    public HidingContent(HttpContent inner)
    {
        _inner = inner;
        foreach ((string name, System.Net.Http.Headers.HeaderStringValues values) in inner.Headers.NonValidated)
        {
            if (!name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase))
            {
                Headers.TryAddWithoutValidation(name, values);
            }
        }
    }

    /// <summary>Gets whether an event can be taken out: not of a body that is encoded, nor of one whose length shows that it is no stream.</summary>
    public static bool CanHideIn(HttpContent content) =>
        !content.Headers.NonValidated.Contains("Content-Encoding")
        && (!content.Headers.NonValidated.Contains("Content-Length")
            || content.Headers.ContentType?.MediaType?.Equals("text/event-stream", StringComparison.OrdinalIgnoreCase) == true);

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    protected override Task<Stream> CreateContentReadStreamAsync() => CreateContentReadStreamAsync(CancellationToken.None);

    protected override async Task<Stream> CreateContentReadStreamAsync(CancellationToken cancellationToken) =>
        new HidingStream(await _inner.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false));

    protected override Stream CreateContentReadStream(CancellationToken cancellationToken) =>
        new HidingStream(_inner.ReadAsStream(cancellationToken));

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        RefuseSecondCopy();
        var body = new HidingStream(await _inner.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false));
        await using (body.ConfigureAwait(false))
        {
            await body.CopyToAsync(stream, cancellationToken).ConfigureAwait(false);
        }
    }

    protected override void SerializeToStream(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        RefuseSecondCopy();
        using var body = new HidingStream(_inner.ReadAsStream(cancellationToken));
        body.CopyTo(stream);
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing)
        {
            _inner.Dispose();
        }
    }

    private void RefuseSecondCopy()
    {
        if (_isCopied)
        {
            throw new InvalidOperationException("The response's content has been copied already, and it can be read only once.");
        }

        _isCopied = true;
    }
}
