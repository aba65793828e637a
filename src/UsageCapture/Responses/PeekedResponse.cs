using System.Net.Http.Headers;

namespace UsageCapture.Responses;

/// <summary>Reads the start of a response's body, and puts it back, so that the caller reads the whole body.</summary>
/// <remarks>The handler uses it for error responses, to see whether the server rejected the option that the handler had added.</remarks>
internal static class PeekedResponse
{
    /// <summary>The longest time that is spent on the start of a body.</summary>
    /// <remarks>Servers send an error at once. The limit is for a server that sends an error slowly, or never ends it.</remarks>
    internal static readonly TimeSpan MaxTime = TimeSpan.FromSeconds(1);

    /// <summary>Reads the start of the body.</summary>
    /// <param name="response">The response. Its content is replaced. The response is disposed when the caller cancels.</param>
    /// <param name="maxLength">The most bytes to read.</param>
    /// <param name="timeProvider">The clock that measures <see cref="MaxTime"/>. A synchronous wait uses the system clock.</param>
    /// <param name="isAsync">Whether to await. Otherwise the returned task is complete.</param>
    /// <param name="cancellationToken">The caller's token.</param>
    /// <returns>
    /// The bytes: fewer than asked for when the body is shorter, slow or breaks. The caller's stream continues with the read that has not
    /// returned yet, and the caller sees a failure where the body breaks.
    /// </returns>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public static async Task<ReadOnlyMemory<byte>> ReadStartAsync(
        HttpResponseMessage response, int maxLength, TimeProvider timeProvider, bool isAsync, CancellationToken cancellationToken)
    {
        byte[] start = new byte[maxLength];
        int length = 0;
        Stream stream = Stream.Null;
        Task<int>? pendingRead = null; // The read that has not returned yet, or a failure.
        long startTime = timeProvider.GetTimestamp();
        try
        {
            stream = isAsync
                ? await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false)
                : response.Content.ReadAsStream(cancellationToken);
            bool hasEnded = false;
            while (!hasEnded && length < start.Length && MaxTime - timeProvider.GetElapsedTime(startTime) is { Ticks: > 0 } remaining)
            {
                pendingRead = BeginRead(stream, start.AsMemory(length), isAsync);
                if (!await WaitForReadAsync(pendingRead, remaining, timeProvider, isAsync, cancellationToken).ConfigureAwait(false))
                {
                    break;
                }

                int read = await pendingRead.ConfigureAwait(false);
                pendingRead = null;
                length += read;
                hasEnded = read == 0;
            }
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            response.Dispose(); // The caller gets no response that it could dispose. Disposal also ends a read that has not returned.
            MarkFailureAsObserved(pendingRead);
            throw;
        }
#pragma warning disable CA1031 // The caller gets the failure after the bytes that were read, from the pending read of PeekedStream.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            pendingRead = Task.FromException<int>(exception);
        }

        PutBack(response, new PeekedStream(start, length, pendingRead, stream, response.Content));
        return start.AsMemory(0, length);
    }

    /// <summary>Begins a read that the caller's token does not end, because it may belong to the caller's stream afterwards.</summary>
    private static Task<int> BeginRead(Stream stream, Memory<byte> buffer, bool isAsync)
    {
        // A synchronous read may block for ever, so it gets a thread of its own. The thread pool may have no thread left.
        return isAsync
            ? stream.ReadAsync(buffer, CancellationToken.None).AsTask()
            : Task.Factory.StartNew(() => stream.Read(buffer.Span), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>Waits until a read has returned or the time is over.</summary>
    /// <returns>Whether the read has returned.</returns>
    private static async ValueTask<bool> WaitForReadAsync(
        Task<int> pendingRead, TimeSpan timeout, TimeProvider timeProvider, bool isAsync, CancellationToken cancellationToken)
    {
        if (isAsync)
        {
            Task waiting = pendingRead.WaitAsync(timeout, timeProvider, cancellationToken);
            await waiting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        else
        {
            // Rounded up to whole milliseconds, so that a short rest of the time is waited for too.
            Task.WaitAny([pendingRead], (int)timeout.TotalMilliseconds + 1, cancellationToken);
        }

        if (!pendingRead.IsCompleted)
        {
            cancellationToken.ThrowIfCancellationRequested();
        }

        return pendingRead.IsCompleted;
    }

    /// <summary>Reads the exception of a task that no code awaits, so that it does not count as unobserved.</summary>
    private static void MarkFailureAsObserved(Task? task) => _ = task?.ContinueWith(
        static completed => completed.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

    /// <summary>Replaces the content by one that starts with the bytes that were read, and has the same headers.</summary>
    private static void PutBack(HttpResponseMessage response, PeekedStream stream)
    {
        HttpContent content = response.Content;
        response.Content = new StreamContent(stream);
        foreach ((string name, HeaderStringValues values) in content.Headers.NonValidated)
        {
            response.Content.Headers.TryAddWithoutValidation(name, values);
        }
    }
}
