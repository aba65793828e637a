using System.Text.Encodings.Web;
using System.Text.Json;

using UsageCapture.Testing.Replay;

namespace UsageCapture.Testing.Files;

/// <summary>Reads and writes what stands beside a body.</summary>
internal static class Sidecar
{
    private const int SchemaVersion = 1;

    private static readonly JsonWriterOptions Readable = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Reads a sidecar.</summary>
    /// <param name="json">Its bytes.</param>
    /// <param name="body">The body that it stands beside.</param>
    /// <param name="name">The recording's name.</param>
    /// <param name="source">Where it was found, for messages.</param>
    public static Recording Read(ReadOnlySpan<byte> json, ReadOnlyMemory<byte> body, string name, string source)
    {
        RecordingFile file;
        try
        {
            file = JsonSerializer.Deserialize(json, RecordingFileJson.Default.RecordingFile)
                ?? throw new JsonException("It is null.");
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException(
                $"The recording '{source}' cannot be read: {exception.Message} The form of the file is described by recording.schema.json.", exception);
        }

        if (file.SchemaVersion != SchemaVersion)
        {
            throw new InvalidDataException(
                $"The recording '{source}' has schema_version {file.SchemaVersion}; this package reads version {SchemaVersion}.");
        }

        if (file.Request?.Url is not { IsAbsoluteUri: true })
        {
            throw new InvalidDataException(
                $"The recording '{source}' does not say what it answers. Give its request an absolute url, such as https://api.openai.com/v1/chat/completions.");
        }

        var recording = new Recording
        {
            Name = name,
            Description = file.Description,
            Body = body,
            Request = file.Request,
            Response = file.Response ?? new RecordedResponse(),
            Expected = file.Expected,
        };
        ChunkLengths.Check(recording, source);
        return recording;
    }

    public static byte[] Write(Recording recording)
    {
        var file = new RecordingFile(SchemaVersion, recording.Description, recording.Request, recording.Response, recording.Expected);
        using var json = new MemoryStream();
        using (var writer = new Utf8JsonWriter(json, Readable))
        {
            JsonSerializer.Serialize(writer, file, RecordingFileJson.Default.RecordingFile);
        }

        json.WriteByte((byte)'\n');
        return json.ToArray();
    }
}
