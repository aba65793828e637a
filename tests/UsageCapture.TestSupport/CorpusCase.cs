using System.Text.Json;

using Microsoft.Extensions.Logging.Abstractions;

using UsageCapture.Recognition;
using UsageCapture.Testing;

namespace UsageCapture.TestSupport;

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

    /// <summary>The API that the request calls; null when it is none that is captured.</summary>
    public UsageProvider? Provider =>
        _case.GetProperty("request") is var request && request.GetProperty("method").GetString() == "POST"
            ? new ProviderRegistry(new UsageCaptureOptions(), NullLogger.Instance).FindByAddress(new Uri(request.GetProperty("url").GetString()!))
            : null;

    /// <summary>How the body is put together, such as <c>json</c>, <c>sse</c> or <c>aws-eventstream</c>.</summary>
    public string Framing => _case.GetProperty("wire").GetProperty("framing").GetString()!;

    /// <summary>How many documents the body consists of.</summary>
    public int Documents => _case.GetProperty("wire").GetProperty("documents").GetInt32();

    public JsonElement Expected => _case.GetProperty("expected");

    public static IEnumerable<string> Ids(string protocol) => Folder is null
        ? []
        : Directory.GetFiles(Folder, protocol + ".*.json").Select(Path.GetFileNameWithoutExtension).Order(StringComparer.Ordinal)!;

    public static CorpusCase Load(string id) => new(Path.Combine(Folder!, id + ".json"));

    /// <summary>Makes a recording of it that answers every request.</summary>
    public Recording ToRecording()
    {
        JsonElement request = _case.GetProperty("request");
        JsonElement response = _case.GetProperty("response");
        var headers = response.GetProperty("headers").EnumerateObject().ToDictionary(
            header => header.Name, header => header.Value.GetString()!, StringComparer.OrdinalIgnoreCase);
        if (_case.GetProperty("body").GetProperty("content_encoding").GetString() is { } coding)
        {
            headers.TryAdd("content-encoding", coding);
        }

        return new Recording
        {
            Name = Id,
            Body = Body,
            Request = new RecordedRequest
            {
                Url = new Uri(request.GetProperty("url").GetString()!),
                Method = request.GetProperty("method").GetString()!,
                Body = request.GetProperty("body"),
                Match = RequestMatch.Any,
            },
            Response = new RecordedResponse { Status = response.GetProperty("status").GetInt32(), Headers = headers },
        };
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
