namespace UsageCapture.Testing.Files;

/// <summary>Recordings as pairs of files in a folder.</summary>
internal static class RecordingFiles
{
    private const string HowToCopy =
        "Paths are looked for from the current directory, which in a test is the output folder: let the build copy both files there, with <None Update=\"Recordings/**\" CopyToOutputDirectory=\"PreserveNewest\" />.";

    /// <summary>The extensions that a body may have, the usual one first.</summary>
    public static readonly string[] BodyExtensions = [".sse", ".ndjson", ".bin", ".body"];

    public static Recording[] LoadFolder(string folder) => Directory.Exists(folder)
        ? [.. Directory.GetFiles(folder, "*.json").Select(Load).OrderBy(recording => recording.Name, StringComparer.Ordinal)]
        : throw new DirectoryNotFoundException($"There is no folder '{Path.GetFullPath(folder)}'. {HowToCopy}");

    public static Recording Load(string path)
    {
        if (!File.Exists(path))
        {
            throw new FileNotFoundException(
                $"There is no recording at '{Path.GetFullPath(path)}'. Give the path of its .json file. {HowToCopy}", path);
        }

        if (BodyExtensions.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase))
        {
            throw new InvalidDataException($"'{path}' is the body of a recording. Give the path of the .json file beside it.");
        }

        string[] bodies = [.. BodyExtensions.Select(extension => Path.ChangeExtension(path, extension)).Where(File.Exists)];
        return bodies switch
        {
            [var body] => Sidecar.Read(File.ReadAllBytes(path), File.ReadAllBytes(body), Path.GetFileNameWithoutExtension(path), path),
            [] => throw new FileNotFoundException(
                $"The recording '{path}' has no body: put it beside the file, with the extension {string.Join(" or ", BodyExtensions)}. {HowToCopy}", path),
            _ => throw new InvalidDataException($"The recording '{path}' has more than one body: {string.Join(" and ", bodies)}. Delete all but one."),
        };
    }

    public static string Save(Recording recording, string folder)
    {
        Directory.CreateDirectory(folder);
        string path = Path.Combine(folder, recording.Name + ".json");
        foreach (string extension in BodyExtensions)
        {
            File.Delete(Path.ChangeExtension(path, extension));
        }

        File.WriteAllBytes(Path.ChangeExtension(path, ExtensionOf(recording.Response)), recording.Body.Span);
        File.WriteAllBytes(path, Sidecar.Write(recording));
        return path;
    }

    private static string ExtensionOf(RecordedResponse response)
    {
        string contentType = response.Header("content-type") ?? "";
        return response.Header("content-encoding") is not null ? ".bin"
            : contentType.StartsWith("text/event-stream", StringComparison.OrdinalIgnoreCase) ? ".sse"
            : contentType.Contains("ndjson", StringComparison.OrdinalIgnoreCase) ? ".ndjson"
            : contentType.Contains("vnd.amazon.eventstream", StringComparison.OrdinalIgnoreCase) ? ".bin"
            : ".body";
    }
}
