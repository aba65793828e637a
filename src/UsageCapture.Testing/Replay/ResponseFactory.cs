using System.Net;

namespace UsageCapture.Testing.Replay;

/// <summary>Makes responses out of recordings.</summary>
internal static class ResponseFactory
{
    public static HttpResponseMessage Create(Recording recording, RecordedStream body)
    {
        ChunkLengths.Check(recording, recording.Name);
        if (recording.Response.Fault?.Kind is FaultKind.Unreachable or FaultKind.Unanswered)
        {
            throw new InvalidOperationException($"The recording '{recording}' is of a request that gets no response. Replay it with a ReplayHandler.");
        }

        RecordedResponse recorded = recording.Response;
        var response = new HttpResponseMessage((HttpStatusCode)recorded.Status)
        {
            Content = new StreamContent(body),
        };
        foreach ((string name, string value) in recorded.Headers ?? Enumerable.Empty<KeyValuePair<string, string>>())
        {
            if (!response.Headers.TryAddWithoutValidation(name, value))
            {
                response.Content.Headers.TryAddWithoutValidation(name, value);
            }
        }

        return response;
    }
}
