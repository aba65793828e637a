using System.Reflection;
using System.Text;

using UsageCapture.Testing.Files;

namespace UsageCapture.Testing;

/// <summary>Loads recordings from files and embedded resources, and saves them.</summary>
/// <remarks>
/// A recording is a pair of files: the body, byte for byte, and <c>name.json</c> beside it with everything else. The body is
/// <c>name.sse</c> for server-sent events, <c>.ndjson</c> for JSON lines, <c>.bin</c> for compressed bodies and Amazon's event streams, and
/// <c>.body</c> for everything else. The file <c>recording.schema.json</c> of this package describes the JSON. Relative paths start at the
/// current directory. In a test this is the output folder, so the build must copy both files there. Thread-safe, but do not save into a folder
/// while another thread loads from it.
/// </remarks>
public static class RecordingFiles
{
    private const string HowToCopy =
        "Relative paths start at the current directory, which in a test is the output folder. Let the build copy both files there, "
        + "with <None Update=\"Recordings/**\" CopyToOutputDirectory=\"PreserveNewest\" />.";

    private const string SchemaFileName = "recording.schema.json";

    private const string HowToEmbed = "Embed both files with <EmbeddedResource Include=\"Recordings/**\" />.";

    // The extensions that a body can have. GetBodyExtension chooses one of them when a recording is saved.
    private static readonly string[] BodyExtensions = [".sse", ".ndjson", ".bin", ".body"];

    private static string BodyExtensionList => string.Join(" or ", BodyExtensions);

    /// <summary>Loads a recording from its two files.</summary>
    /// <param name="path">The path of the <c>.json</c> file.</param>
    /// <returns>The recording, named after the file.</returns>
    /// <exception cref="FileNotFoundException">One of the two files is missing. The message names it.</exception>
    /// <exception cref="InvalidDataException">
    /// The path is that of a body, there is more than one body, or the <c>.json</c> file does not match the schema.
    /// </exception>
    public static Recording Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
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
            [var body] => RecordingSerializer.Read(
                File.ReadAllBytes(path), File.ReadAllBytes(body), Path.GetFileNameWithoutExtension(path), location: path),
            [] => throw new FileNotFoundException(
                $"The recording '{path}' has no body: put it beside the file, with the extension {BodyExtensionList}. {HowToCopy}", path),
            _ => throw CreateAmbiguousBodyException(path, bodies),
        };
    }

    /// <summary>Loads all recordings of a folder. Subfolders are not searched, and <c>recording.schema.json</c> is skipped.</summary>
    /// <param name="folder">The folder.</param>
    /// <returns>The recordings, ordered by name.</returns>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="FileNotFoundException">A <c>.json</c> file has no body beside it. The message names the file.</exception>
    /// <exception cref="InvalidDataException">
    /// A recording has more than one body, or its <c>.json</c> file does not match the schema. The message names the file and the reason.
    /// </exception>
    public static IReadOnlyList<Recording> LoadFolder(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        return Directory.Exists(folder)
            ? [.. Directory.GetFiles(folder, "*.json")
                .Where(path => Path.GetFileName(path) != SchemaFileName) // Recordings can name it as their "$schema", for editors.
                .Select(Load)
                .OrderBy(recording => recording.Name, StringComparer.Ordinal)]
            : throw new DirectoryNotFoundException($"There is no folder '{Path.GetFullPath(folder)}'. {HowToCopy}");
    }

    /// <summary>Loads a recording whose two files are embedded in an assembly.</summary>
    /// <param name="assembly">The assembly.</param>
    /// <param name="name">The resource name of the <c>.json</c> file, or its last part, such as <c>hello.json</c>.</param>
    /// <returns>The recording, named after <paramref name="name"/> without the extension.</returns>
    /// <exception cref="FileNotFoundException">
    /// One of the two resources is missing, or several resources end with the name, so none can be chosen. The message lists the resources.
    /// </exception>
    /// <exception cref="InvalidDataException">
    /// There is more than one body, or the <c>.json</c> resource does not match the schema. The message gives the reason.
    /// </exception>
    public static Recording LoadResource(Assembly assembly, string name)
    {
        ArgumentNullException.ThrowIfNull(assembly);
        ArgumentException.ThrowIfNullOrEmpty(name);
        string[] resources = assembly.GetManifestResourceNames();
        string[] candidates = [.. resources.Where(resource => resource == name || resource.EndsWith("." + name, StringComparison.Ordinal))];
        if (candidates is not [var metadataName])
        {
            string count = candidates.Length == 0 ? "no" : "more than one";
            string resourceList = resources.Length == 0 ? "none" : string.Join(", ", resources);
            throw new FileNotFoundException(
                $"{assembly.GetName().Name} has {count} resource '{name}'. "
                + $"Its resources are: {resourceList}. Give the name of the .json file. {HowToEmbed}");
        }

        string[] bodyNames = [.. BodyExtensions.Select(extension => Path.ChangeExtension(metadataName, extension)).Where(resources.Contains)];
        return bodyNames switch
        {
            [var bodyName] => RecordingSerializer.Read(
                ReadResource(assembly, metadataName),
                ReadResource(assembly, bodyName),
                Path.GetFileNameWithoutExtension(name),
                location: metadataName),
            [] => throw new FileNotFoundException(
                $"The resource '{metadataName}' of {assembly.GetName().Name} has no body beside it, with the extension {BodyExtensionList}. {HowToEmbed}"),
            _ => throw CreateAmbiguousBodyException(metadataName, bodyNames),
        };
    }

    /// <summary>Creates a recording from the text of its two files.</summary>
    /// <param name="metadata">The content of the <c>.json</c> file.</param>
    /// <param name="body">The body. It is encoded as UTF-8.</param>
    /// <param name="name">The name of the recording.</param>
    /// <returns>The recording.</returns>
    /// <exception cref="InvalidDataException">The metadata does not match the schema. The message gives the reason.</exception>
    public static Recording Parse(string metadata, string body, string name = "recording")
    {
        ArgumentNullException.ThrowIfNull(metadata);
        ArgumentNullException.ThrowIfNull(body);
        ArgumentNullException.ThrowIfNull(name);
        return RecordingSerializer.Read(Encoding.UTF8.GetBytes(metadata), Encoding.UTF8.GetBytes(body), name, location: name);
    }

    /// <summary>Writes the two files of a recording. Existing files of the same name are replaced.</summary>
    /// <param name="recording">The recording.</param>
    /// <param name="folder">The folder. It is created if it does not exist.</param>
    /// <returns>The path of the <c>.json</c> file.</returns>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public static string Save(this Recording recording, string folder)
    {
        ArgumentNullException.ThrowIfNull(recording);
        ArgumentException.ThrowIfNullOrEmpty(folder);
        Directory.CreateDirectory(folder);
        string path = Path.Combine(folder, recording.Name + ".json");

        // An older body can have another extension. Two bodies would make the recording ambiguous.
        foreach (string extension in BodyExtensions)
        {
            File.Delete(Path.ChangeExtension(path, extension));
        }

        File.WriteAllBytes(Path.ChangeExtension(path, GetBodyExtension(recording.Response)), recording.Body.Span);
        File.WriteAllBytes(path, RecordingSerializer.Write(recording));
        return path;
    }

    private static InvalidDataException CreateAmbiguousBodyException(string location, string[] bodies) =>
        new($"The recording '{location}' has more than one body: {string.Join(" and ", bodies)}. Delete all but one.");

    private static string GetBodyExtension(RecordedResponse response)
    {
        string contentType = response.GetHeader("content-type") ?? "";

        // Compressed bodies and Amazon's event streams are binary, so editors must not open them as text.
        if (response.GetContentCoding() is not null || contentType.Contains("vnd.amazon.eventstream", StringComparison.OrdinalIgnoreCase))
        {
            return ".bin";
        }

        if (contentType.StartsWith("text/event-stream", StringComparison.OrdinalIgnoreCase))
        {
            return ".sse";
        }

        return contentType.Contains("ndjson", StringComparison.OrdinalIgnoreCase) ? ".ndjson" : ".body";
    }

    private static byte[] ReadResource(Assembly assembly, string resource)
    {
        using Stream stream = assembly.GetManifestResourceStream(resource)!;
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
