using System.Net;
using System.Runtime.ExceptionServices;

using UsageCapture.Decoding;
using UsageCapture.Responses;

namespace UsageCapture.Requests;

/// <summary>Tells whether a response refuses a request for <c>stream_options</c>, and leaves the response as it was.</summary>
internal static class StreamOptionsRejection
{
    // The errors that name the option are a few hundred bytes; a validator that lists what else it dislikes takes some more.
    private const int MaxPeek = 16 * 1024;

    /// <summary>Gets whether the status is one with which servers refuse a member of the body.</summary>
    public static bool IsPossible(HttpResponseMessage response) =>
        response.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.UnprocessableEntity;

    /// <summary>Reads the beginning of the body, puts it back, and tells whether it names the option.</summary>
    /// <param name="response">The response.</param>
    /// <param name="isAsync">Whether anything may be awaited; otherwise the task is done when it is returned.</param>
    /// <param name="cancellationToken">The caller's token.</param>
    public static async Task<bool> IsNamedAsync(HttpResponseMessage response, bool isAsync, CancellationToken cancellationToken)
    {
        byte[] peeked = new byte[MaxPeek];
        int length = 0;
        ExceptionDispatchInfo? fault = null;
        Stream stream = Stream.Null;
        try
        {
            stream = isAsync
                ? await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false)
                : response.Content.ReadAsStream(cancellationToken);
            int read;
            do
            {
                read = isAsync
                    ? await stream.ReadAsync(peeked.AsMemory(length), cancellationToken).ConfigureAwait(false)
                    : stream.Read(peeked.AsSpan(length));
                length += read;
            }
            while (read > 0 && length < peeked.Length);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            fault = ExceptionDispatchInfo.Capture(exception); // The caller's to see, when it comes to that place.
        }
        catch
        {
            response.Dispose(); // The caller has given up, and nobody else has it.
            throw;
        }

        return PutBack(response, stream, peeked.AsMemory(0, length), fault);
    }

    /// <summary>Gets whether an error body says that the option is what it dislikes.</summary>
    /// <remarks>
    /// OpenAI: "Unknown parameter: 'stream_options'." Azure before 2024-09: "Unrecognized request argument supplied: stream_options".
    /// Azure On Your Data: "Validation error at #/stream_options: Extra inputs are not permitted". Mistral, vLLM:
    /// <c>"loc":["body","stream_options"]</c>. Groq: "property 'stream_options' is unsupported". Fireworks: "Extra inputs are not
    /// permitted, field: 'stream_options'". Validators that dislike something else may quote the request, where the name stands as a
    /// member's: a quote and a colon follow it.
    /// </remarks>
    internal static bool Names(ReadOnlySpan<byte> body) => Names(body, "stream_options"u8) || Names(body, "include_usage"u8);

    private static bool Names(ReadOnlySpan<byte> body, ReadOnlySpan<byte> option)
    {
        for (int at = body.IndexOf(option); at >= 0; at = body.IndexOf(option))
        {
            body = body[(at + option.Length)..];
            ReadOnlySpan<byte> behind = body.TrimStart((byte)'\\');
            if (behind is not [(byte)'"' or (byte)'\'', ..] || behind[1..].TrimStart((byte)' ') is not [(byte)':', ..])
            {
                return true;
            }
        }

        return false;
    }

    private static bool PutBack(HttpResponseMessage response, Stream stream, ReadOnlyMemory<byte> peeked, ExceptionDispatchInfo? fault)
    {
        HttpContent content = response.Content;
        response.Content = new StreamContent(new PeekedStream(peeked, stream, content, fault));
        foreach ((string name, System.Net.Http.Headers.HeaderStringValues values) in content.Headers.NonValidated)
        {
            response.Content.Headers.TryAddWithoutValidation(name, values);
        }

        return Names(Plain(content, peeked.Span));
    }

    private static ReadOnlySpan<byte> Plain(HttpContent content, ReadOnlySpan<byte> bytes)
    {
        if (!BodyDecompressor.TryCreate(content.Headers.ContentEncoding, out BodyDecompressor? decompressor) || decompressor is null)
        {
            return bytes;
        }

        using (decompressor)
        {
            byte[] plain = new byte[MaxPeek];
            int length = 0;
            try
            {
                decompressor.Push(bytes);
                while (length < plain.Length && decompressor.Read(plain.AsSpan(length)) is > 0 and int read)
                {
                    length += read;
                }
            }
            catch (Exception exception) when (exception is InvalidDataException or InvalidOperationException)
            {
                // What could be read of it is looked at.
            }

            return plain.AsSpan(0, length);
        }
    }
}
