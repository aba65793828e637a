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
            var root = JsonElement.Parse(json);
            RequireVersion(root, source);
            UnknownMember.Refuse(root, RecordingFileJson.Default.RecordingFile);
            file = root.Deserialize(RecordingFileJson.Default.RecordingFile)
                ?? throw new JsonException("It is null.");
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException(
                $"The recording '{source}' cannot be read: {exception.Message} The form of the file is described by recording.schema.json.", exception);
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
        Check(recording, source);
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

    /// <summary>Looks at the version before anything else: another one may have other members.</summary>
    private static void RequireVersion(JsonElement root, string source)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        if (!root.TryGetProperty("schema_version", out JsonElement version))
        {
            throw new InvalidDataException(
                $"The recording '{source}' does not say which form it has. Write \"schema_version\": {SchemaVersion} into it, as recording.schema.json describes.");
        }

        if (version.ValueKind != JsonValueKind.Number || !version.TryGetInt32(out int number) || number != SchemaVersion)
        {
            throw new InvalidDataException(
                $"The recording '{source}' has schema_version {version.GetRawText()}; this package reads version {SchemaVersion}. Use a package that reads the other, or record it anew.");
        }
    }

    /// <summary>Looks for numbers that no response can have.</summary>
    private static void Check(Recording recording, string source)
    {
        RecordedResponse response = recording.Response;
        if (response.Status is < 100 or > 599)
        {
            throw new InvalidDataException($"The recording '{source}' has the status {response.Status}. Write one from 100 to 599.");
        }

        if (response.Fault is { After: var after } && (after < 0 || after > recording.Body.Length))
        {
            throw new InvalidDataException(
                $"The fault of the recording '{source}' comes after {after} bytes, but its body has {recording.Body.Length}. Write a number from 0 to that.");
        }

        if (response.Chunks?.FirstOrDefault(chunk => chunk.DelayMs < 0) is { DelayMs: < 0 and var delay })
        {
            throw new InvalidDataException(
                FormattableString.Invariant($"A chunk of the recording '{source}' has the delay_ms {delay}. Write zero or more, or leave it out."));
        }
    }
}
