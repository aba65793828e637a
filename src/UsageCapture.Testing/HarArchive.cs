using System.Text.Json;

using UsageCapture.Testing.Files;
using UsageCapture.Testing.Scrubbing;

namespace UsageCapture.Testing;

/// <summary>Traffic that a browser's or a proxy's tools wrote down, as an HTTP archive.</summary>
public static class HarArchive
{
    /// <summary>Reads the exchanges of an archive as recordings, scrubbed as <see cref="RecordingHandler"/> does.</summary>
    /// <param name="path">The path of the <c>.har</c> file.</param>
    /// <param name="options">What is kept; null for the defaults.</param>
    /// <returns>
    /// The recordings, in the order of the archive, each in one piece: an archive does not tell where a body was cut. Entries without a body
    /// are left out, as all are of an archive exported without content; so is what is no exchange, such as a preflight.
    /// </returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is no HTTP archive; the message says why.</exception>
    public static IReadOnlyList<Recording> Load(string path, RecordingHandlerOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        HarFile file;
        try
        {
            file = JsonSerializer.Deserialize(File.ReadAllBytes(path), HarFileJson.Default.HarFile) ?? throw new JsonException("It is null.");
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"'{path}' is not an HTTP archive: {exception.Message} Export it as HAR, with the bodies of the responses.", exception);
        }

        IReadOnlyList<HarEntry> entries = file.Log?.Entries ?? throw new InvalidDataException($"'{path}' is not an HTTP archive: it has no log.entries. Export it as HAR, with the bodies of the responses.");
        options ??= new RecordingHandlerOptions();
        return [.. entries.Where(entry => entry.Response.Content.Text is not null).Select(entry => Convert(entry, options)).Index().Select(
            pair => pair.Item with { Name = $"{pair.Index + 1:000}-{pair.Item.Name}" })];
    }

    private static Recording Convert(HarEntry entry, RecordingHandlerOptions options)
    {
        using var request = new HttpRequestMessage(new HttpMethod(entry.Request.Method), entry.Request.Url);
        foreach (HarHeader header in entry.Request.Headers ?? [])
        {
            request.Headers.TryAddWithoutValidation(header.Name, header.Value);
        }

        var scrubbed = new ScrubbedRequest(request, entry.Request.Body, options);

        // An archive holds bodies as they were read: no longer compressed.
        IEnumerable<KeyValuePair<string, string>> headers = (entry.Response.Headers ?? [])
            .Where(header => !header.Name.Equals("content-encoding", StringComparison.OrdinalIgnoreCase))
            .Select(header => KeyValuePair.Create(header.Name, header.Value))
            .Prepend(KeyValuePair.Create("content-type", entry.Response.Content.MimeType ?? "application/octet-stream"));
        return scrubbed.Record(RecordingName.Of(scrubbed.Facts, scrubbed.Body), entry.Response.Status, headers, entry.Response.Content.Body);
    }
}
