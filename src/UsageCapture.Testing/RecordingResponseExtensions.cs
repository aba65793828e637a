using UsageCapture.Testing.Replay;
using UsageCapture.Testing.SyntheticStreams;

namespace UsageCapture.Testing;

/// <summary>Changes the status, the headers or the body of a recorded response.</summary>
/// <remarks>
/// Each method returns a changed copy. <see cref="Recording.Expected"/> is not adapted. The chunks of a recording say in which pieces its body
/// is delivered, and its fault says where the connection breaks. Thread-safe.
/// </remarks>
public static class RecordingResponseExtensions
{
    /// <summary>Changes the status.</summary>
    /// <param name="recording">The recording.</param>
    /// <param name="status">The HTTP status code.</param>
    /// <returns>The changed copy.</returns>
    public static Recording WithStatus(this Recording recording, int status)
    {
        ArgumentNullException.ThrowIfNull(recording);
        return recording with { Response = recording.Response with { Status = status } };
    }

    /// <summary>Sets or removes a header, for example to send a wrong content type.</summary>
    /// <param name="recording">The recording.</param>
    /// <param name="name">The name of the header, compared case-insensitively.</param>
    /// <param name="value">The value; null to remove the header.</param>
    /// <returns>The changed copy.</returns>
    public static Recording WithHeader(this Recording recording, string name, string? value)
    {
        ArgumentNullException.ThrowIfNull(recording);
        ArgumentException.ThrowIfNullOrEmpty(name);
        return recording with { Response = recording.Response.WithHeader(name, value) };
    }

    /// <summary>Replaces the body. The chunks and the fault are removed, because their positions belong to the old body.</summary>
    /// <param name="recording">The recording.</param>
    /// <param name="body">The new body. It is not copied, so do not change it afterwards.</param>
    /// <returns>The changed copy.</returns>
    public static Recording WithBody(this Recording recording, ReadOnlyMemory<byte> body)
    {
        ArgumentNullException.ThrowIfNull(recording);
        return recording with { Body = body, Response = recording.Response with { Chunks = null, Fault = null } };
    }

    /// <summary>Replaces the end of a stream with an error event, in the format of the API that the recorded request was sent to.</summary>
    /// <param name="recording">The recording. Its chunks and its fault are removed.</param>
    /// <param name="eventCount">The number of events before the error.</param>
    /// <param name="code">The error code or type, such as <c>server_error</c> or <c>overloaded_error</c>.</param>
    /// <returns>The changed copy.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The body has fewer events.</exception>
    /// <exception cref="InvalidOperationException">The body is compressed, so its events cannot be found.</exception>
    public static Recording WithErrorAfter(this Recording recording, int eventCount, string code)
    {
        ArgumentNullException.ThrowIfNull(recording);
        ArgumentException.ThrowIfNullOrEmpty(code);
        ReadOnlySpan<byte> beforeError = recording.Body.Span[..recording.LengthOfFirstEvents(eventCount)];
        byte[] body = [.. beforeError, .. ErrorEvents.CreateForUrl(recording.Request.Url, code)];
        return recording.WithBody(body);
    }

    /// <summary>Compresses the body with gzip, and sets the header <c>Content-Encoding</c>. A reader can decompress each chunk when it arrives.</summary>
    /// <param name="recording">The recording. Choose its chunks before, because a compressed body cannot be split at events. Add a fault afterwards.</param>
    /// <returns>The changed copy, with the same chunks in compressed form.</returns>
    /// <exception cref="InvalidOperationException">
    /// The body is already compressed, or the recording has a fault, whose position belongs to the uncompressed body.
    /// </exception>
    /// <exception cref="InvalidDataException">The lengths of the chunks do not add up to the length of the body.</exception>
    public static Recording Gzipped(this Recording recording)
    {
        ArgumentNullException.ThrowIfNull(recording);
        return BodyCompressor.Gzip(recording);
    }
}
