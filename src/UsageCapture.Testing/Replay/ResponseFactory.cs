using System.Net;

namespace UsageCapture.Testing.Replay;

/// <summary>Makes responses out of recordings.</summary>
internal static class ResponseFactory
{
    public static HttpResponseMessage Create(Recording recording, TimeProvider? timeProvider)
    {
        ChunkLengths.Check(recording, recording.Name);
        RecordedResponse recorded = recording.Response;
        var response = new HttpResponseMessage((HttpStatusCode)recorded.Status)
        {
            Content = new StreamContent(new RecordedStream(recording, timeProvider)),
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
