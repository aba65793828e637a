using UsageCapture.Decoding;

namespace UsageCapture.Requests;

/// <summary>The body of a request that is sent: read into memory once, and replaced on the request while it is sent.</summary>
/// <remarks>
/// <para>The handler calls <see cref="ReadAsync"/>, <see cref="SetContentToSend"/>, sends the request, and calls <see cref="RestoreContent"/> in the end.</para>
/// <code>
/// body                                      Original   Bytes       SingleUse   IsWhole   sent
/// none                                      null       empty       null        true      nothing
/// in memory                                 set        all         null        true      Original or Bytes
/// announced length is too long              set        empty       null        false     Original
/// turned out too long, or content failed    set        its start   set         false     SingleUse
/// too long, kept from a failed attempt      set        empty       set         false     SingleUse
/// </code>
/// <para>Too long means longer than <see cref="RequestBuffer.MaxBodyLength"/>.</para>
/// </remarks>
/// <param name="Original">The caller's content.</param>
/// <param name="Bytes">The bytes of the body, without a change.</param>
/// <param name="SingleUse">The content that sends the body when <see cref="Bytes"/> is only its start.</param>
internal readonly record struct OutgoingBody(HttpContent? Original, ReadOnlyMemory<byte> Bytes, SingleUseRequestContent? SingleUse)
{
    /// <summary>Gets whether the bytes are the whole body, so that it can be changed.</summary>
    public bool IsWhole { get; private init; } = true;

    /// <summary>Gets whether the members of the body cannot be read: it is too long, compressed, or not in UTF-8.</summary>
    public bool IsUnreadable => Original is not null
        && (!IsWhole || Original.Headers.NonValidated.Contains("Content-Encoding")
            || RawHeaders.GetContentType(Original.Headers)?.CharSet?.StartsWith("utf-16", StringComparison.OrdinalIgnoreCase) == true);

    // Reading a content of one of these types does not consume it, so it can still be sent. Other types may be readable only once, and so
    // may types that derive from these. A BufferedRequestContent belongs to another capture handler around this one.
    private bool CanBeReadAgain =>
        Original is BufferedRequestContent
        || Original!.GetType() == typeof(StringContent)
        || Original.GetType() == typeof(ByteArrayContent)
        || Original.GetType() == typeof(ReadOnlyMemoryContent);

    /// <summary>Reads the body of a request. When the content fails, <see cref="SingleUse"/> throws its exception later, as sending it would.</summary>
    /// <param name="request">The request.</param>
    /// <param name="isAsync">Whether to await. Otherwise the returned task is complete.</param>
    /// <param name="cancellationToken">The caller's token. After a cancellation, an exception of the content may be thrown.</param>
    /// <exception cref="OperationCanceledException">The caller canceled.</exception>
    public static ValueTask<OutgoingBody> ReadAsync(HttpRequestMessage request, bool isAsync, CancellationToken cancellationToken)
    {
        HttpContent? content = request.Content;
        return content switch
        {
            null => new(new OutgoingBody(null, default, null)),

            // The content of an earlier attempt is still on the request.
            BufferedRequestContent { IsReleased: true } buffered => new(new OutgoingBody(buffered.Original, buffered.Body, null)),
            SingleUseRequestContent { IsReleased: true } singleUse => new(new OutgoingBody(singleUse.Original, default, singleUse) { IsWhole = false }),
            _ => content.Headers.ContentLength switch
            {
                null => ReadUnknownLengthAsync(content, isAsync, cancellationToken),
                <= RequestBuffer.MaxBodyLength and { } length => ReadKnownLengthAsync(content, (int)length, isAsync, cancellationToken),
                _ => new(new OutgoingBody(content, default, null) { IsWhole = false }),
            },
        };
    }

    /// <summary>Sets the content to send on the request, unless the request can send the caller's own content.</summary>
    /// <param name="request">The request. One that the caller has disposed keeps its content, which cannot be sent any more.</param>
    /// <param name="splice">The change; null when there is none.</param>
    public void SetContentToSend(HttpRequestMessage request, Splice? splice)
    {
        if (SingleUse is not null)
        {
            SubstituteContent.TrySet(request, SingleUse);
            return;
        }

        // The content of an earlier attempt may still be on the request, so it is compared with the caller's.
        bool isReplaced = Original is not null && IsWhole
            && (splice is not null || !CanBeReadAgain || !ReferenceEquals(request.Content, Original));
        if (isReplaced)
        {
            SubstituteContent.TrySet(request, new BufferedRequestContent(Original!, Bytes, splice));
        }
    }

    /// <summary>Sets the unchanged bytes on the request, to send them after the server has refused the change.</summary>
    /// <returns>False when the caller has disposed the request.</returns>
    public bool TrySetUnchanged(HttpRequestMessage request) =>
        SubstituteContent.TrySet(request, new BufferedRequestContent(Original!, Bytes, splice: null));

    /// <summary>Puts the caller's content back. After a failure, a content that can be read only once is replaced by its bytes, for a retry.</summary>
    /// <param name="request">The request.</param>
    /// <param name="response">The response; null when sending failed.</param>
    public void RestoreContent(HttpRequestMessage request, HttpResponseMessage? response)
    {
        if (request.Content is not SubstituteContent substitute || !ReferenceEquals(substitute.Original, Original))
        {
            return; // The content was not replaced, or the request has been disposed or changed.
        }

        HttpContent restored = Original;
        if (SingleUse is null)
        {
            bool needsBytes = response is not { IsSuccessStatusCode: true } && !CanBeReadAgain;
            restored = needsBytes ? BufferedRequestContent.ForRetry(Original, Bytes) : Original;
        }
        else if (response is null && SingleUse.IsWaitingToBeSent)
        {
            restored = SingleUse; // A retry can send it.
        }
        else if (response is null)
        {
            SingleUse.Abort(); // The body is partly sent, so no retry is possible.
        }

        substitute.Release(request, restored, mayStillBeSent: response is not null);
    }

    private static async ValueTask<OutgoingBody> ReadKnownLengthAsync(
        HttpContent content, int length, bool isAsync, CancellationToken cancellationToken)
    {
        // Disposing it would free nothing. It grows when a content writes more than it announced, which is an error of the content.
        var body = new MemoryStream(length);
        SingleUseRequestContent? failed = null;
        try
        {
            if (isAsync)
            {
                await content.CopyToAsync(body, cancellationToken).ConfigureAwait(false);
            }
            else
            {
                content.CopyTo(body, context: null, cancellationToken);
            }
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            failed = new SingleUseRequestContent(content, GetBytes(body), buffer: null, Task.FromException(exception));
        }

        return new OutgoingBody(content, GetBytes(body), failed) { IsWhole = failed is null };
    }

    private static async ValueTask<OutgoingBody> ReadUnknownLengthAsync(HttpContent content, bool isAsync, CancellationToken cancellationToken)
    {
        var buffer = new RequestBuffer(RequestBuffer.MaxBodyLength, mayBlock: !isAsync);
        Task writing;
        try
        {
            // A synchronous content that is too long blocks its thread until the rest is sent, so it gets a thread of its own.
            writing = isAsync
                ? content.CopyToAsync(buffer, cancellationToken)
                : Task.Factory.StartNew(
                    () => content.CopyTo(buffer, context: null, CancellationToken.None),
                    CancellationToken.None,
                    TaskCreationOptions.LongRunning,
                    TaskScheduler.Default);
            if (isAsync && !writing.IsCompleted)
            {
                await Task.WhenAny(writing, buffer.Overflowed).WaitAsync(cancellationToken).ConfigureAwait(false);
            }
            else if (!isAsync)
            {
                Task.WaitAny([writing, buffer.Overflowed], cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            buffer.Abort();
            throw;
        }
#pragma warning disable CA1031 // Sending the content throws the exception.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            writing = Task.FromException(exception);
        }

        bool isWhole = writing.IsCompletedSuccessfully;
        SingleUseRequestContent? singleUse = isWhole ? null : new SingleUseRequestContent(content, buffer.Start, buffer, writing);
        return new OutgoingBody(content, buffer.Start, singleUse) { IsWhole = isWhole };
    }

    private static ReadOnlyMemory<byte> GetBytes(MemoryStream body) => body.GetBuffer().AsMemory(0, (int)body.Length);
}
