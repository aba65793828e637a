using UsageCapture.Testing.Observation;

namespace UsageCapture.Testing.Scrubbing;

/// <summary>Creates recordings of responses in which all secrets are overwritten.</summary>
internal static class ScrubbedRecordingFactory
{
    private const string ContentEncoding = "content-encoding";

    /// <summary>Creates a recording of a response that the caller has read, with its chunks, delays and failure.</summary>
    /// <remarks>A compressed body is recorded decompressed and without chunks, because the lengths of its chunks belong to the compressed body.</remarks>
    /// <param name="name">The name of the recording.</param>
    /// <param name="request">The request after scrubbing. Its scrubber also overwrites the secrets of the request in the response.</param>
    /// <param name="head">The status and headers of the response.</param>
    /// <param name="log">The reads of the caller.</param>
    /// <exception cref="NotSupportedException">The body is compressed in an unknown format.</exception>
    public static Recording FromReads(string name, ScrubbedRequest request, ResponseHead head, BodyReadLog log)
    {
        Recording recording = FromCompleteBody(name, request, head, log.Bytes.ToArray());
        bool isCompressed = head.GetHeader(ContentEncoding) is not null;
        RecordedFault? fault = log.Fault is { } kind ? new RecordedFault { Kind = kind, AfterBytes = recording.Body.Length } : null;
        return recording with { Response = recording.Response with { Chunks = isCompressed ? null : log.Chunks, Fault = fault } };
    }

    /// <summary>Creates a recording of a body, without chunks and fault.</summary>
    /// <param name="name">The name of the recording.</param>
    /// <param name="request">The request after scrubbing. Its scrubber also overwrites the secrets of the request in the response.</param>
    /// <param name="head">The status and headers of the response.</param>
    /// <param name="body">The body, compressed if the head says so.</param>
    /// <exception cref="NotSupportedException">The body is compressed in an unknown format.</exception>
    public static Recording FromCompleteBody(string name, ScrubbedRequest request, ResponseHead head, byte[] body)
    {
        // The recorded body is never compressed, because secrets cannot be found in a compressed one. So the header is omitted.
        byte[] plainBody = head.GetHeader(ContentEncoding) is { } coding ? ResponseDecompressor.Decompress(body, coding, name) : body;
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach ((string header, string value) in head.Headers.Where(header => request.AllowedResponseHeaders.Contains(header.Key)))
        {
            headers[header.ToLowerInvariant()] = request.Scrubber.Scrub(value);
        }

        headers.Remove(ContentEncoding);
        return new Recording
        {
            Name = name,
            Body = request.Scrubber.Scrub(plainBody),
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
