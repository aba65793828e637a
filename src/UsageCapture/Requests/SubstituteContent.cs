using System.Net.Http.Headers;

namespace UsageCapture.Requests;

/// <summary>A content that the handler sends in place of the caller's content, with the same headers.</summary>
/// <remarks>
/// <para>
/// The handler sets it on the request and sends the request. Then it calls <see cref="Release"/>, which puts another content in its place.
/// A server may answer before the body was sent, over HTTP/2 or after <c>Expect: 100-continue</c>. The substitute is then still
/// needed, so it is replaced at the end of sending. When the body is never sent, the substitute stays on the request; disposing works as usual.
/// </para>
/// <para>Disposing it, as disposing the request does, disposes the caller's content.</para>
/// </remarks>
internal abstract class SubstituteContent : HttpContent
{
    // True after an attempt to send, also one that failed. A new attempt sets it to false.
    private volatile bool _isSendingOver;
    private volatile bool _hasBegunSending;

    // Set by Release: the request whose content is this one, and the content that it gets instead. The request is null after that.
    private HttpRequestMessage? _requestToRestore;
    private HttpContent? _restoredContent;

    protected SubstituteContent(HttpContent original)
    {
        Original = original;

        // The getter computes the length with the content's TryComputeLength, which sending the content calls, too.
        OriginalLength = original.Headers.ContentLength;
        foreach ((string name, HeaderStringValues values) in original.Headers.NonValidated)
        {
            // A substitute may have another length, which its own TryComputeLength announces.
            if (!name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase))
            {
                Headers.TryAddWithoutValidation(name, values);
            }
        }
    }

    /// <summary>Gets the caller's content.</summary>
    public HttpContent Original { get; }

    /// <summary>Gets whether the handler that created it has returned from sending, so that it is the content of an earlier attempt.</summary>
    public bool IsReleased { get; protected set; }

    /// <summary>Gets whether sending it has begun at least once.</summary>
    public bool HasBegunSending => _hasBegunSending;

    /// <summary>Gets the length of the caller's content; null when it is unknown, so that the request is framed without a length.</summary>
    protected long? OriginalLength { get; }

    /// <summary>Sets the content of a request.</summary>
    /// <returns>False when the caller has disposed the request, which keeps its content then.</returns>
    public static bool TrySet(HttpRequestMessage request, HttpContent content)
    {
        try
        {
            request.Content = content;
            return true;
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
    }

    /// <summary>Puts another content in its place, as soon as it is not needed for sending any more.</summary>
    /// <param name="request">The request.</param>
    /// <param name="restored">The content that the request has afterwards.</param>
    /// <param name="mayStillBeSent">Whether a response came, so that the body may be sent later. A request that failed sends nothing more.</param>
    public void Release(HttpRequestMessage request, HttpContent restored, bool mayStillBeSent)
    {
        IsReleased = true;
        _restoredContent = restored;

        // The end of sending sets _isSendingOver and then reads _requestToRestore. In either order, one of the two sees both and replaces the content.
        Interlocked.Exchange(ref _requestToRestore, request);
        if (_isSendingOver || !mayStillBeSent)
        {
            RestoreRequest();
        }
    }

    /// <summary>Notes the start of sending. A derived class calls it before it writes the first byte.</summary>
    protected void BeginSending()
    {
        _isSendingOver = false;
        _hasBegunSending = true;
    }

    /// <summary>Notes the end of sending, with or without success, and restores the request if that was waiting.</summary>
    protected void EndSending()
    {
        _isSendingOver = true;
        Interlocked.MemoryBarrier();
        RestoreRequest();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Original.Dispose();
        }

        base.Dispose(disposing);
    }

    private void RestoreRequest()
    {
        // The caller may have set a content of its own meanwhile.
        if (Interlocked.Exchange(ref _requestToRestore, null) is { } request && ReferenceEquals(request.Content, this))
        {
            TrySet(request, _restoredContent!);
        }
    }
}
