using System.Text.Json;

using UsageCapture.Testing.Files;
using UsageCapture.Testing.Har;
using UsageCapture.Testing.Scrubbing;

namespace UsageCapture.Testing;

/// <summary>Loads recordings from an HTTP archive (HAR), which the developer tools of browsers and many proxies export.</summary>
public static class HarArchive
{
    private const string HowToExport = "Export it as HAR, with the bodies of the responses.";

    /// <summary>Loads the entries of an archive as recordings. Secrets are overwritten as <see cref="RecordingHandler"/> does.</summary>
    /// <param name="path">The path of the <c>.har</c> file.</param>
    /// <param name="options">What is written and what is overwritten; null for the defaults.</param>
    /// <returns>
    /// The recordings, in the order of the archive, with a number in front of their names. They have no chunks, because an archive does not
    /// hold them. Entries without a response body are skipped. So the list is empty if the archive was exported without bodies.
    /// </returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is not an HTTP archive. The message gives the reason.</exception>
    public static IReadOnlyList<Recording> Load(string path, RecordingHandlerOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        options ??= new RecordingHandlerOptions();
        List<Recording> recordings = [];
        foreach (HarEntry entry in ReadEntries(path).Where(entry => entry.Response.Content.Text is not null))
        {
            Recording recording = CreateRecording(entry, options);
            recordings.Add(recording with { Name = $"{recordings.Count + 1:000}-{recording.Name}" });
        }

        return recordings;
    }

    private static IReadOnlyList<HarEntry> ReadEntries(string path)
    {
        HarDocument document;
        try
        {
            document = JsonSerializer.Deserialize(File.ReadAllBytes(path), HarDocumentJson.Default.HarDocument)
                ?? throw new JsonException("It is null.");
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"'{path}' is not an HTTP archive: {exception.Message} {HowToExport}", exception);
        }

        return document.Log?.Entries ?? throw new InvalidDataException($"'{path}' is not an HTTP archive: it has no log.entries. {HowToExport}");
    }

    private static Recording CreateRecording(HarEntry entry, RecordingHandlerOptions options)
    {
        using var request = new HttpRequestMessage(new HttpMethod(entry.Request.Method), entry.Request.Url);
        foreach (HarHeader header in entry.Request.Headers ?? [])
        {
            request.Headers.TryAddWithoutValidation(header.Name, header.Value);
        }

        var scrubbed = new ScrubbedRequest(request, entry.Request.GetBody(), options);
        string name = RecordingName.ForRequest(scrubbed.Description, scrubbed.Body);
        return ScrubbedRecording.Create(name, scrubbed, CreateHead(entry.Response), entry.Response.Content.GetBytes());
    }

    private static ResponseHead CreateHead(HarResponse response)
    {
        string contentType = response.Content.MimeType ?? "application/octet-stream"; // The type of unknown content, see RFC 9110.
        List<KeyValuePair<string, string>> headers = [KeyValuePair.Create("content-type", contentType)];
        foreach (HarHeader header in response.Headers ?? [])
        {
            // The header is omitted, because an archive contains decompressed bodies.
            if (!header.Name.Equals("content-encoding", StringComparison.OrdinalIgnoreCase))
            {
                headers.Add(KeyValuePair.Create(header.Name, header.Value));
            }
        }

        return new ResponseHead(response.Status, headers);
    }
}
