using System.Text;

using UsageCapture.Testing.Replay;

namespace UsageCapture.Testing;

/// <summary>Creates HTTP messages from recordings.</summary>
public static class RecordingHttpExtensions
{
    /// <summary>Creates a request like the recorded one.</summary>
    /// <param name="recording">The recording.</param>
    /// <returns>A new request with the recorded method, address and JSON body. A recording has no request headers. The caller disposes it.</returns>
    public static HttpRequestMessage CreateRequest(this Recording recording)
    {
        ArgumentNullException.ThrowIfNull(recording);
        return new HttpRequestMessage(new HttpMethod(recording.Request.Method), recording.Request.Url)
        {
            Content = recording.Request.Body is { } body ? new StringContent(body.GetRawText(), Encoding.UTF8, "application/json") : null,
        };
    }

    /// <summary>Creates a response like the recorded one, with its chunks and its fault, such as a connection that breaks.</summary>
    /// <param name="recording">The recording.</param>
    /// <param name="timeProvider">The clock for the delays between chunks; null to deliver all chunks without delay.</param>
    /// <returns>A new response. Its body can be read once, like a body from the network. The caller disposes it.</returns>
    /// <exception cref="InvalidDataException">The lengths of the chunks do not add up to the length of the body, or a chunk is empty or has a negative delay.</exception>
    /// <exception cref="InvalidOperationException">
    /// The fault is <see cref="FaultKind.Unanswered"/> or <see cref="FaultKind.Unreachable"/>, so there is no response.
    /// </exception>
    public static HttpResponseMessage CreateResponse(this Recording recording, TimeProvider? timeProvider = null)
    {
        ArgumentNullException.ThrowIfNull(recording);
        return ResponseFactory.Create(recording, new ReplayStream(recording, timeProvider));
    }
}
