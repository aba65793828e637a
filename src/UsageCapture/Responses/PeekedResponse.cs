using System.Net.Http.Headers;
using System.Runtime.ExceptionServices;

namespace UsageCapture.Responses;

/// <summary>Reads the start of a response's body, and puts it back so that the caller reads the whole body.</summary>
internal static class PeekedResponse
{
    /// <summary>Reads the start of the body.</summary>
    /// <param name="response">The response. Its content is replaced. It is disposed of when the caller cancels.</param>
    /// <param name="maxLength">The most bytes to read.</param>
    /// <param name="isAsync">Whether to await. Otherwise the returned task is complete.</param>
    /// <param name="cancellationToken">The caller's token.</param>
    /// <returns>The bytes: fewer than asked for when the body is shorter or breaks. The caller sees the failure where the body breaks.</returns>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public static async Task<ReadOnlyMemory<byte>> ReadStartAsync(
        HttpResponseMessage response, int maxLength, bool isAsync, CancellationToken cancellationToken)
    {
        byte[] start = new byte[maxLength];
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
                    ? await stream.ReadAsync(start.AsMemory(length), cancellationToken).ConfigureAwait(false)
                    : stream.Read(start.AsSpan(length));
                length += read;
            }
            while (read > 0 && length < start.Length);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            fault = ExceptionDispatchInfo.Capture(exception);
        }
        catch
        {
            response.Dispose(); // The caller gets no response to dispose of.
            throw;
        }

        PutBack(response, start.AsMemory(0, length), stream, fault);
        return start.AsMemory(0, length);
    }

    private static void PutBack(HttpResponseMessage response, ReadOnlyMemory<byte> start, Stream rest, ExceptionDispatchInfo? fault)
    {
        HttpContent content = response.Content;
        response.Content = new StreamContent(new PeekedStream(start, rest, content, fault));
        foreach ((string name, HeaderStringValues values) in content.Headers.NonValidated)
        {
            response.Content.Headers.TryAddWithoutValidation(name, values);
        }
    }
}
