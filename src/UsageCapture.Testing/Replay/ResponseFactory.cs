using System.Net;

namespace UsageCapture.Testing.Replay;

/// <summary>Creates HTTP responses from recordings.</summary>
internal static class ResponseFactory
{
    /// <summary>Creates a response with the recorded status and headers.</summary>
    /// <param name="recording">The recording.</param>
    /// <param name="body">The body. Disposing the response disposes the body. If an exception is thrown, the body is not disposed.</param>
    /// <exception cref="InvalidDataException">The chunks do not add up to the body, or a chunk is invalid.</exception>
    /// <exception cref="InvalidOperationException">The recorded fault allows no response.</exception>
    public static HttpResponseMessage Create(Recording recording, ReplayStream body)
    {
        ChunkValidation.ThrowIfInvalid(recording, location: recording.Name);
        if (recording.Response.Fault?.Kind is FaultKind.Unreachable or FaultKind.Unanswered)
        {
            throw new InvalidOperationException($"The recording '{recording}' has no response. Replay it with a ReplayHandler.");
        }

        var response = new HttpResponseMessage((HttpStatusCode)recording.Response.Status) { Content = new StreamContent(body) };
        foreach ((string name, string value) in recording.Response.Headers ?? Enumerable.Empty<KeyValuePair<string, string>>())
        {
            // HttpResponseMessage.Headers rejects headers of the content, such as Content-Type. They belong to the content.
            if (!response.Headers.TryAddWithoutValidation(name, value))
            {
                response.Content.Headers.TryAddWithoutValidation(name, value);
            }
        }

        return response;
    }
}
