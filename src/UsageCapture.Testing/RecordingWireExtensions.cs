using UsageCapture.Testing.Replay;
using UsageCapture.Testing.Streams;

namespace UsageCapture.Testing;

/// <summary>Says how a recording travels: in which pieces, how slowly, and what goes wrong. Each method gives a new recording.</summary>
public static class RecordingWireExtensions
{
    /// <summary>Delivers one event a read: of an event stream, of JSON lines, or of Amazon's event stream.</summary>
    /// <param name="recording">The recording.</param>
    /// <returns>The recording, with chunks.</returns>
    /// <exception cref="InvalidOperationException">The body is compressed, so that nobody can see its events. Compress it afterwards.</exception>
    public static Recording EventByEvent(this Recording recording)
    {
        ArgumentNullException.ThrowIfNull(recording);
        return recording.WithChunks(Pieces.Events(recording));
    }

    /// <summary>Delivers so many bytes a read.</summary>
    /// <param name="recording">The recording.</param>
    /// <param name="length">How many bytes.</param>
    /// <returns>The recording, with chunks.</returns>
    public static Recording InPiecesOf(this Recording recording, int length)
    {
        ArgumentNullException.ThrowIfNull(recording);
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        return recording.WithChunks(Pieces.Of(length, recording.Body.Length));
    }

    /// <summary>Delivers pieces of random lengths, of one byte to a few hundred: the same for the same seed.</summary>
    /// <param name="recording">The recording.</param>
    /// <param name="seed">The seed.</param>
    /// <returns>The recording, with chunks.</returns>
    public static Recording CutAtRandom(this Recording recording, int seed)
    {
        ArgumentNullException.ThrowIfNull(recording);
        return recording.WithChunks(Pieces.Random(seed, recording.Body.Length));
    }

    /// <summary>Lets time pass before each piece. Say first which pieces; a replay needs a clock to wait on.</summary>
    /// <param name="recording">The recording.</param>
    /// <param name="delay">How long before each piece.</param>
    /// <returns>The recording, with chunks.</returns>
    public static Recording WithDelay(this Recording recording, TimeSpan delay)
    {
        ArgumentNullException.ThrowIfNull(recording);
        ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.Zero);
        IEnumerable<RecordedChunk> chunks = recording.Response.Chunks ?? Pieces.Of(int.MaxValue, recording.Body.Length);
        return recording.WithChunks([.. chunks.Select(chunk => chunk with { DelayMs = delay.TotalMilliseconds })]);
    }

    /// <summary>Resets the connection after so many bytes.</summary>
    /// <param name="recording">The recording.</param>
    /// <param name="bytes">How many bytes of the body come before that.</param>
    /// <returns>The recording, with a fault.</returns>
    public static Recording ResetAfter(this Recording recording, int bytes) => recording.WithFault(FaultKind.Reset, bytes);

    /// <summary>Closes the connection after so many bytes, so that the handler below notices that something is missing.</summary>
    /// <param name="recording">The recording.</param>
    /// <param name="bytes">How many bytes of the body come before that.</param>
    /// <returns>The recording, with a fault.</returns>
    public static Recording ClosedAfter(this Recording recording, int bytes) => recording.WithFault(FaultKind.Closed, bytes);

    /// <summary>Ends the body after so many bytes, as if it were whole.</summary>
    /// <param name="recording">The recording.</param>
    /// <param name="bytes">How many bytes of the body come before that.</param>
    /// <returns>The recording, with a fault.</returns>
    public static Recording TruncatedAfter(this Recording recording, int bytes) => recording.WithFault(FaultKind.Truncated, bytes);

    /// <summary>Sends nothing more after so many bytes, until the token of the read fires.</summary>
    /// <param name="recording">The recording.</param>
    /// <param name="bytes">How many bytes of the body come before that.</param>
    /// <returns>The recording, with a fault.</returns>
    public static Recording StalledAfter(this Recording recording, int bytes) => recording.WithFault(FaultKind.Stalled, bytes);

    /// <summary>Answers nothing, not even a head, until the token of the request fires: what a time-out is for.</summary>
    /// <param name="recording">The recording.</param>
    /// <returns>The recording, with a fault.</returns>
    public static Recording Unanswered(this Recording recording) => recording.WithFault(FaultKind.Unanswered, bytes: 0);

    /// <summary>Fails the request as a server does that cannot be reached: what a retry is for.</summary>
    /// <param name="recording">The recording.</param>
    /// <returns>The recording, with a fault.</returns>
    public static Recording Unreachable(this Recording recording) => recording.WithFault(FaultKind.Unreachable, bytes: 0);

    /// <summary>Ends a stream with an error after so many of its events, in the form that its API has for errors.</summary>
    /// <param name="recording">The recording.</param>
    /// <param name="events">How many events come before that.</param>
    /// <param name="code">What the error calls itself, such as <c>server_error</c> or <c>overloaded_error</c>.</param>
    /// <returns>The recording, with another body.</returns>
    /// <exception cref="ArgumentOutOfRangeException">It has not so many events.</exception>
    public static Recording WithErrorAfter(this Recording recording, int events, string code)
    {
        ArgumentNullException.ThrowIfNull(recording);
        ArgumentException.ThrowIfNullOrEmpty(code);
        byte[] body = [.. recording.Body.Span[..recording.LengthOf(events)], .. ErrorEvents.Of(recording.Request.Url, code)];
        return recording.WithBody(body);
    }

    /// <summary>Compresses the body, each chunk for itself, so that it can be read as it comes.</summary>
    /// <param name="recording">The recording.</param>
    /// <returns>The recording, with another body and its header; its chunks are the compressed ones.</returns>
    /// <exception cref="InvalidOperationException">The body is compressed already.</exception>
    public static Recording Gzipped(this Recording recording)
    {
        ArgumentNullException.ThrowIfNull(recording);
        return GzippedBody.Of(recording);
    }

    /// <summary>Gives the response another status.</summary>
    /// <param name="recording">The recording.</param>
    /// <param name="status">The HTTP status code.</param>
    /// <returns>The recording, with that status.</returns>
    public static Recording WithStatus(this Recording recording, int status)
    {
        ArgumentNullException.ThrowIfNull(recording);
        return recording with { Response = recording.Response with { Status = status } };
    }

    /// <summary>Gives the response a header, such as a wrong content type, or takes one away.</summary>
    /// <param name="recording">The recording.</param>
    /// <param name="name">The header's name.</param>
    /// <param name="value">Its value; null for no such header.</param>
    /// <returns>The recording, with or without that header.</returns>
    public static Recording WithHeader(this Recording recording, string name, string? value)
    {
        ArgumentNullException.ThrowIfNull(recording);
        ArgumentException.ThrowIfNullOrEmpty(name);
        return recording with { Response = recording.Response.WithHeader(name, value) };
    }

    /// <summary>Gives the response another body, in one piece.</summary>
    /// <param name="recording">The recording.</param>
    /// <param name="body">The body.</param>
    /// <returns>The recording, with that body and without chunks.</returns>
    public static Recording WithBody(this Recording recording, ReadOnlyMemory<byte> body)
    {
        ArgumentNullException.ThrowIfNull(recording);
        return recording with { Body = body, Response = recording.Response with { Chunks = null } };
    }

    /// <summary>Answers other requests.</summary>
    /// <param name="recording">The recording.</param>
    /// <param name="match">Which requests.</param>
    /// <returns>The recording, with that match.</returns>
    public static Recording Matching(this Recording recording, RequestMatch match)
    {
        ArgumentNullException.ThrowIfNull(recording);
        return recording with { Request = recording.Request with { Match = match } };
    }

    private static Recording WithChunks(this Recording recording, IReadOnlyList<RecordedChunk> chunks) =>
        recording with { Response = recording.Response with { Chunks = chunks } };

    private static Recording WithFault(this Recording recording, FaultKind kind, int bytes)
    {
        ArgumentNullException.ThrowIfNull(recording);
        if (bytes < 0 || bytes > recording.Body.Length)
        {
            throw new ArgumentOutOfRangeException(
                nameof(bytes), bytes, $"The body of the recording '{recording}' has {recording.Body.Length} bytes. Choose from 0 to that; LengthOf(events) counts them.");
        }

        return recording with { Response = recording.Response with { Fault = new RecordedFault(kind, bytes) } };
    }
}
