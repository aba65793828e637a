using System.Net;
using System.Text;
using System.Text.Json;

namespace UsageCapture.Testing;

/// <summary>One recorded response of a language-model API, with the request it answers and the usage record that it should yield.</summary>
/// <remarks>
/// A recording is a pair of files: the body byte for byte (<c>name.sse</c>, or <c>name.body</c> where it is no event stream), and
/// <c>name.json</c> beside it with the request, the status, the headers and the expected record. Immutable and thread-safe.
/// </remarks>
public sealed class Recording
{
    private const int SchemaVersion = 1;

    private static readonly string[] BodyExtensions = [".sse", ".body"];

    private Recording(string name, ReadOnlyMemory<byte> body, RecordingFile file)
    {
        Name = name;
        Body = body;
        Description = file.Description;
        Request = file.Request;
        Response = file.Response;
        Expected = file.Expected;
    }

    /// <summary>Gets the recording's name: that of its files.</summary>
    public string Name { get; }

    /// <summary>Gets what the recording shows, for people; null when nobody wrote it down.</summary>
    public string? Description { get; }

    /// <summary>Gets the body, byte for byte.</summary>
    public ReadOnlyMemory<byte> Body { get; }

    /// <summary>Gets the request that the response answers.</summary>
    public RecordedRequest Request { get; }

    /// <summary>Gets the status and headers of the response.</summary>
    public RecordedResponse Response { get; }

    /// <summary>Gets the members that the usage record must have, named as in <see cref="UsageRecord.ToJson"/>; null to expect nothing.</summary>
    public JsonElement? Expected { get; }

    /// <summary>Loads a recording.</summary>
    /// <param name="path">The path of its <c>.json</c> file.</param>
    /// <returns>The recording.</returns>
    /// <exception cref="FileNotFoundException">One of the pair is missing; the message names it.</exception>
    /// <exception cref="InvalidDataException">The <c>.json</c> file is not of the form that is known here; the message says why.</exception>
    public static Recording Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"There is no recording at '{path}'. Give the path of its .json file.", path);
        }

        string? bodyPath = BodyExtensions.Select(extension => Path.ChangeExtension(path, extension)).FirstOrDefault(File.Exists)
            ?? throw new FileNotFoundException(
                $"The recording '{path}' has no body: put it beside the file, with the extension {string.Join(" or ", BodyExtensions)}.", path);
        RecordingFile file;
        try
        {
            file = JsonSerializer.Deserialize(File.ReadAllBytes(path), RecordingFileJson.Default.RecordingFile)!;
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"The recording '{path}' cannot be read: {exception.Message}", exception);
        }

        return file.SchemaVersion == SchemaVersion
            ? new Recording(Path.GetFileNameWithoutExtension(path), File.ReadAllBytes(bodyPath), file)
            : throw new InvalidDataException(
                $"The recording '{path}' has schema_version {file.SchemaVersion}; this package reads version {SchemaVersion}.");
    }

    /// <summary>Loads every recording of a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <returns>The recordings, ordered by name.</returns>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public static IReadOnlyList<Recording> LoadFolder(string folder) =>
        [.. Directory.GetFiles(folder, "*.json").Order(StringComparer.Ordinal).Select(Load)];

    /// <summary>Makes a request like the one recorded.</summary>
    /// <returns>A new request, with its body as JSON.</returns>
    public HttpRequestMessage CreateRequest() => new(new HttpMethod(Request.Method), Request.Url)
    {
        Content = Request.Body is { } body ? new StringContent(body.GetRawText(), Encoding.UTF8, "application/json") : null,
    };

    /// <summary>Makes a response like the one recorded.</summary>
    /// <param name="maxReadLength">The most bytes that one read of the body gives.</param>
    /// <returns>A new response, whose body can be read once, as one from the network.</returns>
    public HttpResponseMessage CreateResponse(int maxReadLength = int.MaxValue)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxReadLength, 1);
        var response = new HttpResponseMessage((HttpStatusCode)Response.Status)
        {
            Content = new StreamContent(new RecordedStream(Body, maxReadLength)),
        };
        foreach ((string name, string value) in Response.Headers ?? Enumerable.Empty<KeyValuePair<string, string>>())
        {
            if (!response.Headers.TryAddWithoutValidation(name, value))
            {
                response.Content.Headers.TryAddWithoutValidation(name, value);
            }
        }

        return response;
    }

    /// <summary>Compares a record with the expected one.</summary>
    /// <param name="record">The record.</param>
    /// <returns>A sentence for each expected member that differs; none when all is as expected.</returns>
    public IReadOnlyList<string> Differences(UsageRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        List<string> differences = [];
        if (Expected is { } expected)
        {
            using var actual = JsonDocument.Parse(record.ToJson());
            Compare(expected, actual.RootElement, path: "", differences);
        }

        return differences;
    }

    /// <inheritdoc/>
    public override string ToString() => Name;

    private static void Compare(JsonElement expected, JsonElement actual, string path, List<string> differences)
    {
        if (expected.ValueKind == JsonValueKind.Object && actual.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty member in expected.EnumerateObject())
            {
                string memberPath = path.Length == 0 ? member.Name : $"{path}.{member.Name}";
                if (actual.TryGetProperty(member.Name, out JsonElement value))
                {
                    Compare(member.Value, value, memberPath, differences);
                }
                else
                {
                    differences.Add($"{memberPath} is expected, but a record has no such member.");
                }
            }
        }
        else if (!JsonElement.DeepEquals(expected, actual))
        {
            differences.Add($"{path} should be {expected.GetRawText()}, but is {actual.GetRawText()}.");
        }
    }
}
