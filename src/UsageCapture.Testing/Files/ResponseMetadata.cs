namespace UsageCapture.Testing.Files;

/// <summary>The <c>response</c> member of a recording's <c>.json</c> file.</summary>
/// <remarks>
/// The defaults apply to absent members. Source-generated JSON code keeps the defaults of constructor parameters, but not those of init
/// properties. So this type is positional.
/// </remarks>
internal sealed record ResponseMetadata(
    int Status = 200,
    IReadOnlyDictionary<string, string>? Headers = null,
    IReadOnlyList<RecordedChunk>? Chunks = null,
    RecordedFault? Fault = null)
{
    public static ResponseMetadata From(RecordedResponse response) => new(response.Status, response.Headers, response.Chunks, response.Fault);

    public RecordedResponse ToResponse() => new() { Status = Status, Headers = Headers, Chunks = Chunks, Fault = Fault };
}
