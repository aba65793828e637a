using UsageCapture.Testing.Observation;

namespace UsageCapture.Testing.Scrubbing;

/// <summary>Creates recordings of responses in which all secrets are overwritten.</summary>
internal static class ScrubbedRecording
{
    /// <summary>Creates a recording of a response that the caller has read, with its chunks, delays and failure.</summary>
    /// <param name="name">The name of the recording.</param>
    /// <param name="request">The scrubbed request, which knows the secrets.</param>
    /// <param name="head">The status and headers of the response.</param>
    /// <param name="log">The reads of the caller.</param>
    /// <exception cref="NotSupportedException">The body is compressed in an unknown format.</exception>
    public static Recording Create(string name, ScrubbedRequest request, ResponseHead head, BodyReadLog log)
    {
        Recording recording = Create(name, request, head, log.Bytes.ToArray());
        if (head.GetHeader("content-encoding") is not null)
        {
            // The recorded body is decompressed, so the lengths of the compressed chunks and of the fault do not fit it.
            return recording;
        }

        RecordedFault? fault = log.Fault is { } kind ? new RecordedFault { Kind = kind, AfterBytes = log.Bytes.Length } : null;
        return recording with { Response = recording.Response with { Chunks = log.Chunks, Fault = fault } };
    }

    /// <summary>Creates a recording of a complete body, without chunks.</summary>
    /// <exception cref="NotSupportedException">The body is compressed in an unknown format.</exception>
    public static Recording Create(string name, ScrubbedRequest request, ResponseHead head, byte[] body)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach ((string header, string value) in head.Headers.Where(header => request.AllowedHeaders.Contains(header.Key)))
        {
            headers[header.ToLowerInvariant()] = request.Scrubber.Scrub(value);
        }

        if (headers.Remove("content-encoding", out string? coding))
        {
            body = ResponseDecompressor.Decompress(body, coding, name);
        }

        return new Recording
        {
            Name = name,
            Body = request.Scrubber.Scrub(body),
            Request = new RecordedRequest
            {
                Url = request.Description.Url,
                Method = request.Description.Method,
                Body = request.Description.Body,
            },
            Response = new RecordedResponse { Status = head.Status, Headers = headers },
        };
    }
}
