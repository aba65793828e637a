using System.Text.Encodings.Web;
using System.Text.Json;

using UsageCapture.Testing.Replay;

namespace UsageCapture.Testing.Files;

/// <summary>Converts recordings from and to the content of their <c>.json</c> file.</summary>
internal static class RecordingSerializer
{
    private const int SchemaVersion = 1;

    // People read and edit the file. So it is indented, and characters such as "+" and "é" are not escaped.
    private static readonly JsonWriterOptions WriterOptions = new()
    {
        Indented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Creates a recording from the content of its two files.</summary>
    /// <param name="json">The content of the <c>.json</c> file.</param>
    /// <param name="body">The content of the body file.</param>
    /// <param name="name">The name of the recording.</param>
    /// <param name="location">The path or resource name, for messages.</param>
    /// <exception cref="InvalidDataException">The JSON does not match the schema, or contradicts the body.</exception>
    public static Recording Read(ReadOnlySpan<byte> json, ReadOnlyMemory<byte> body, string name, string location)
    {
        RecordingMetadata metadata;
        try
        {
            var root = JsonElement.Parse(json);
            ThrowIfOtherVersion(root, location);

            // The deserialization rejects unknown members, too. This check comes first, because its message names the path and the known members.
            UnknownMemberCheck.ThrowIfAny(root, RecordingMetadataJsonContext.Default.RecordingMetadata);
            metadata = root.Deserialize(RecordingMetadataJsonContext.Default.RecordingMetadata)
                ?? throw new JsonException("The document is null.");
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException(
                $"The recording '{location}' cannot be read: {exception.Message} The file format is described in recording.schema.json.", exception);
        }

        if (metadata.Request is not { Url: { IsAbsoluteUri: true } url } request)
        {
            throw new InvalidDataException(
                $"The recording '{location}' has no absolute address. Give its request an absolute url, such as https://api.openai.com/v1/chat/completions.");
        }

        var recording = new Recording
        {
            Name = name,
            Description = metadata.Description,
            Body = body,
            Request = new RecordedRequest { Url = url, Method = request.Method, Body = request.Body, Match = request.Match },
            Response = metadata.Response?.ToResponse() ?? new RecordedResponse(),
            Expected = metadata.Expected,
        };
        ThrowIfOutOfRange(recording, location);
        ChunkValidation.ThrowIfInvalid(recording, location);
        return recording;
    }

    /// <summary>Returns the content of the <c>.json</c> file of a recording. The body is not part of it.</summary>
    public static byte[] Write(Recording recording)
    {
        var metadata = new RecordingMetadata
        {
            SchemaVersion = SchemaVersion,
            Description = recording.Description,
            Request = RequestMetadata.From(recording.Request),
            Response = ResponseMetadata.From(recording.Response),
            Expected = recording.Expected,
        };
        using var json = new MemoryStream();
        using (var writer = new Utf8JsonWriter(json, WriterOptions))
        {
            JsonSerializer.Serialize(writer, metadata, RecordingMetadataJsonContext.Default.RecordingMetadata);
        }

        json.WriteByte((byte)'\n'); // Text files end with a line end.
        return json.ToArray();
    }

    /// <summary>Checks the version before the members, because another version can have other members.</summary>
    private static void ThrowIfOtherVersion(JsonElement root, string location)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            return; // The deserialization rejects such a document with a message of its own.
        }

        if (!root.TryGetProperty("schema_version", out JsonElement version))
        {
            throw new InvalidDataException(
                $"The recording '{location}' has no schema version. Write \"schema_version\": {SchemaVersion} into it, as described in recording.schema.json.");
        }

        if (version.ValueKind != JsonValueKind.Number || !version.TryGetInt32(out int number) || number != SchemaVersion)
        {
            throw new InvalidDataException(
                $"The recording '{location}' has schema_version {version.GetRawText()}; this package reads version {SchemaVersion}. "
                + "Use a package that reads the other version, or record it again.");
        }
    }

    /// <summary>Checks the numbers of the response. <see cref="ChunkValidation"/> checks those of the chunks.</summary>
    private static void ThrowIfOutOfRange(Recording recording, string location)
    {
        RecordedResponse response = recording.Response;
        if (response.Status is < 100 or > 599)
        {
            throw new InvalidDataException($"The recording '{location}' has the status {response.Status}. Write a number from 100 to 599.");
        }

        if (response.Fault is { AfterBytes: var afterBytes } && (afterBytes < 0 || afterBytes > recording.Body.Length))
        {
            throw new InvalidDataException(
                $"The fault of the recording '{location}' comes after {afterBytes} bytes, but its body has {recording.Body.Length}. "
                + $"Write a number from 0 to {recording.Body.Length}.");
        }
    }
}
