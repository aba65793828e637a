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
    /// The recordings, in the order of the archive. Their names start with a number, so that they are unique and sort in this order. They have
    /// no chunks, because an archive does not hold them. Entries without a response body are skipped. So the list is empty if the archive was exported without bodies.
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
            if (!entry.Request.Url.IsAbsoluteUri)
            {
                throw CreateNoArchiveException(path, $"the address '{entry.Request.Url}' is not absolute.");
            }

            Recording recording;
            try
            {
                recording = CreateRecording(entry, options);
            }
            catch (Exception exception) when (exception is FormatException or ArgumentException) // The method or the base64 text is invalid.
            {
                throw CreateNoArchiveException(path, $"the entry for '{entry.Request.Url.GetLeftPart(UriPartial.Path)}' is invalid. {exception.Message}", exception);
            }

            recordings.Add(recording with { Name = $"{recordings.Count + 1:000}-{recording.Name}" });
        }

        return recordings;
    }

    private static IReadOnlyList<HarEntry> ReadEntries(string path)
    {
        HarDocument document;
        try
        {
            document = JsonSerializer.Deserialize(File.ReadAllBytes(path), HarDocumentJsonContext.Default.HarDocument)
                ?? throw new JsonException("The file contains null.");
        }
        catch (JsonException exception)
        {
            throw CreateNoArchiveException(path, exception.Message, exception);
        }

        return document.Log?.Entries ?? throw CreateNoArchiveException(path, "it has no log.entries.");
    }

    private static InvalidDataException CreateNoArchiveException(string path, string reason, Exception? cause = null) =>
        new($"'{path}' is not an HTTP archive: {reason} {HowToExport}", cause);

    private static Recording CreateRecording(HarEntry entry, RecordingHandlerOptions options)
    {
        using var request = new HttpRequestMessage(new HttpMethod(entry.Request.Method), entry.Request.Url);
        foreach (HarHeader header in entry.Request.Headers ?? [])
        {
            // False for headers of the content and for those of HTTP/2, such as ":authority". Scrubbing needs none of them.
            request.Headers.TryAddWithoutValidation(header.Name, header.Value);
        }

        var scrubbed = new ScrubbedRequest(request, entry.Request.GetBody(), options);
        string name = RecordingName.ForRequest(scrubbed.Description, scrubbed.Body);
        return ScrubbedRecordingFactory.FromCompleteBody(name, scrubbed, CreateHead(entry.Response), entry.Response.Content.GetBytes());
    }

    private static ResponseHead CreateHead(HarResponse response)
    {
        // The content encoding is omitted, because an archive contains decompressed bodies.
        List<KeyValuePair<string, string>> headers =
        [
            .. (response.Headers ?? [])
                .Where(header => !header.Name.Equals("content-encoding", StringComparison.OrdinalIgnoreCase))
                .Select(header => KeyValuePair.Create(header.Name, header.Value)),
        ];
        if (!headers.Exists(header => header.Key.Equals("content-type", StringComparison.OrdinalIgnoreCase)))
        {
            string contentType = response.Content.MimeType ?? "application/octet-stream"; // The type of unknown content, see RFC 9110.
            headers.Add(KeyValuePair.Create("content-type", contentType));
        }

        return new ResponseHead(response.Status, headers);
    }
}
