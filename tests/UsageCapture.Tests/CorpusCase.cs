using System.Net;
using System.Text;
using System.Text.Json;

namespace UsageCapture.Tests;

/// <summary>A response that a real service sent, from the folder of recorded traffic that lies beside the repository where there is one.</summary>
internal sealed class CorpusCase
{
    private static readonly string? Folder = Find();

    private readonly JsonElement _case;

    private CorpusCase(string path)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(path));
        _case = document.RootElement.Clone();
        Id = Path.GetFileNameWithoutExtension(path);
        Body = File.ReadAllBytes(Path.ChangeExtension(path, ".body"));
    }

    public string Id { get; }

    public byte[] Body { get; }

    public bool IsSure => !Expected.GetProperty("unsure").GetBoolean();

    /// <summary>How the body is put together, such as <c>json</c>, <c>sse</c> or <c>aws-eventstream</c>.</summary>
    public string Framing => _case.GetProperty("wire").GetProperty("framing").GetString()!;

    /// <summary>How many documents the body consists of.</summary>
    public int Documents => _case.GetProperty("wire").GetProperty("documents").GetInt32();

    public JsonElement Expected => _case.GetProperty("expected");

    public static IEnumerable<string> Ids(string protocol) => Folder is null
        ? []
        : Directory.GetFiles(Folder, protocol + ".*.json").Select(Path.GetFileNameWithoutExtension).Order(StringComparer.Ordinal)!;

    public static CorpusCase Load(string id) => new(Path.Combine(Folder!, id + ".json"));

    public HttpRequestMessage CreateRequest()
    {
        JsonElement request = _case.GetProperty("request");
        return new HttpRequestMessage(new HttpMethod(request.GetProperty("method").GetString()!), request.GetProperty("url").GetString())
        {
            Content = new StringContent(request.GetProperty("body").GetRawText(), Encoding.UTF8, "application/json"),
        };
    }

    public HttpResponseMessage CreateResponse(Stream body)
    {
        JsonElement recorded = _case.GetProperty("response");
        var response = new HttpResponseMessage((HttpStatusCode)recorded.GetProperty("status").GetInt32()) { Content = new StreamContent(body) };
        foreach (JsonProperty header in recorded.GetProperty("headers").EnumerateObject())
        {
            if (!response.Headers.TryAddWithoutValidation(header.Name, header.Value.GetString()))
            {
                response.Content.Headers.TryAddWithoutValidation(header.Name, header.Value.GetString());
            }
        }

        if (_case.GetProperty("body").GetProperty("content_encoding").GetString() is { } coding && response.Content.Headers.ContentEncoding.Count == 0)
        {
            response.Content.Headers.ContentEncoding.Add(coding);
        }

        return response;
    }

    private static string? Find()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string corpus = Path.Combine(folder.FullName, "shared", "corpus");
            if (Directory.Exists(corpus))
            {
                return corpus;
            }
        }

        return null;
    }
}
