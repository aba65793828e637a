using UsageCapture.Testing.Replay;
using UsageCapture.Testing.Traffic;

namespace UsageCapture.Testing.Scrubbing;

/// <summary>A request without anything that should not be written down, and what its answer is written down as.</summary>
internal sealed class ScrubbedRequest
{
    private readonly Scrubber _scrubber;
    private readonly ICollection<string> _allowedHeaders;

    public ScrubbedRequest(HttpRequestMessage request, byte[] body, RecordingHandlerOptions options)
    {
        Uri url = request.RequestUri ?? throw new InvalidOperationException("A request without an address cannot be recorded. Set its RequestUri.");
        var address = new ScrubbedAddress(url, options);
        _scrubber = new Scrubber([.. RequestSecrets.Of(request), .. address.Secrets, .. options.Secrets], options.Members);
        _allowedHeaders = options.Headers;
        Body = _scrubber.Scrub(body);
        Facts = RequestFacts.Of(request, Body) with { Url = address.Url };
    }

    public RequestFacts Facts { get; }

    public byte[] Body { get; }

    /// <summary>Gives the headers of a response and of its content.</summary>
    public static KeyValuePair<string, string>[] HeadersOf(HttpResponseMessage response) =>
    [
        .. response.Headers.NonValidated
            .Concat(response.Content.Headers.NonValidated)
            .Select(header => KeyValuePair.Create(header.Key, string.Join(", ", header.Value))),
    ];

    /// <summary>Makes a recording of what was read of a response.</summary>
    public Recording Record(string name, int status, KeyValuePair<string, string>[] headers, ReadLog log)
    {
        RecordedFault? fault = log.Fault is { } kind ? new RecordedFault(kind, log.Bytes.Length) : null;
        return Record(name, status, headers, log.Bytes.ToArray()) switch
        {
            // What was compressed is kept plain: its pieces and its end are others than those that came.
            var plain when plain.Body.Length != log.Bytes.Length || IsEncoded(headers) => plain,
            var recording => recording with { Response = recording.Response with { Chunks = log.Chunks, Fault = fault } },
        };
    }

    /// <summary>Makes a recording of a response that came whole.</summary>
    public Recording Record(string name, int status, IEnumerable<KeyValuePair<string, string>> headers, byte[] body)
    {
        var kept = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach ((string header, string value) in headers.Where(header => _allowedHeaders.Contains(header.Key)))
        {
            kept[header.ToLowerInvariant()] = _scrubber.Scrub(value);
        }

        if (kept.Remove("content-encoding", out string? coding))
        {
            body = PlainBody.Of(body, coding, name);
        }

        return new Recording
        {
            Name = name,
            Body = _scrubber.Scrub(body),
            Request = new RecordedRequest(Facts.Url, Facts.Method, Facts.Body),
            Response = new RecordedResponse(status, kept),
        };
    }

    private static bool IsEncoded(KeyValuePair<string, string>[] headers) =>
        Array.Exists(headers, header => header.Key.Equals("content-encoding", StringComparison.OrdinalIgnoreCase));
}
