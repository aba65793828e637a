namespace UsageCapture.Testing.Files;

/// <summary>The <c>response</c> member of a recording's <c>.json</c> file.</summary>
/// <remarks>
/// A positional record, because source-generated JSON code keeps the defaults of constructor parameters for absent members, but not those of
/// init properties.
/// </remarks>
/// <param name="Status">The HTTP status code.</param>
/// <param name="Headers">The headers; null for none.</param>
/// <param name="Chunks">The chunks in which the body is delivered; null to deliver as many bytes as each read asks for.</param>
/// <param name="Fault">The failure of the exchange; null for none.</param>
internal sealed record ResponseMetadata(
    int Status = 200,
    IReadOnlyDictionary<string, string>? Headers = null,
    IReadOnlyList<RecordedChunk>? Chunks = null,
    RecordedFault? Fault = null)
{
    public static ResponseMetadata From(RecordedResponse response) => new(response.Status, response.Headers, response.Chunks, response.Fault);

    public RecordedResponse ToResponse() => new() { Status = Status, Headers = Headers, Chunks = Chunks, Fault = Fault };
}
