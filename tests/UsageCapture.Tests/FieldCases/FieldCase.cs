using System.Reflection;
using System.Text;
using System.Text.Json;

namespace UsageCapture.Tests.FieldCases;

/// <summary>One exchange rebuilt from a public report of wrong counts, from the folder beside the repository, where there is one.</summary>
internal sealed class FieldCase
{
    private static readonly string? Root = Find();

    private readonly JsonElement _case;
    private readonly string _folder;

    private FieldCase(string folder)
    {
        _folder = folder;
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "case.json")));
        _case = document.RootElement.Clone();
        Responses = _case.TryGetProperty("responses", out JsonElement several)
            ? [.. several.EnumerateArray().Select(ReadResponse)]
            : [ReadResponse(_case.GetProperty("response"))];
    }

    public static IEnumerable<string> Ids => Root is null
        ? []
        : Directory.GetDirectories(Root).Select(Path.GetFileName).Order(StringComparer.Ordinal)!;

    public IReadOnlyList<FieldResponse> Responses { get; }

    public string RequestBody => Request.TryGetProperty("raw_body", out JsonElement raw)
        ? raw.GetString()!
        : Request.GetProperty("body").GetRawText();

    /// <summary>The texts "asked" and "as made", one for each request that the server must see; null when it does not matter.</summary>
    public string[]? ExpectedRequests => _case.TryGetProperty("expected_requests", out JsonElement requests)
        ? [.. requests.EnumerateArray().Select(request => request.GetString()!)]
        : null;

    public IReadOnlyList<JsonElement> ExpectedRecords => _case.GetProperty("expected") switch
    {
        { ValueKind: JsonValueKind.Null } => [],
        { ValueKind: JsonValueKind.Array } records => [.. records.EnumerateArray()],
        var record => [record],
    };

    public int Calls => GetNumber("calls") ?? 1;

    public int? CallerStatus => GetNumber("caller_status");

    public string? StopText => _case.TryGetProperty("stop", out JsonElement text) ? text.GetString() : null;

    public int? StopReadsAtMost => GetNumber("stop_reads_at_most");

    public TimeSpan? Timeout => GetNumber("timeout_ms") is { } milliseconds ? TimeSpan.FromMilliseconds(milliseconds) : null;

    /// <summary>Whether the case is also cut short. One whose caller leaves is cut short already.</summary>
    public bool IsSwept => !Has("no_sweep") && StopText is null;

    public byte[]? CallerBody => _case.TryGetProperty("caller_reads_file", out JsonElement file)
        ? File.ReadAllBytes(Path.Combine(_folder, file.GetString()!))
        : null;

    private JsonElement Request => _case.GetProperty("request");

    public static FieldCase Load(string id) => new(Path.Combine(Root!, id));

    /// <summary>Whether a way of playing makes sense: "whole", "bytes", "events" or "sync".</summary>
    public bool CanPlay(string way) => way == "sync"
        ? !Has("no_sync")
        : !_case.TryGetProperty("only_cuts", out JsonElement cuts) || cuts.EnumerateArray().Any(cut => cut.GetString() == way);

    public HttpRequestMessage CreateRequest()
    {
        string method = Request.TryGetProperty("method", out JsonElement name) ? name.GetString()! : "POST";
        var request = new HttpRequestMessage(new HttpMethod(method), Request.GetProperty("url").GetString());
        request.Content = new StringContent(RequestBody, Encoding.UTF8, "application/json");
        if (Request.TryGetProperty("headers", out JsonElement headers))
        {
            foreach (JsonProperty header in headers.EnumerateObject())
            {
                request.Headers.TryAddWithoutValidation(header.Name, header.Value.GetString());
            }
        }

        return request;
    }

    public UsageCaptureOptions CreateOptions()
    {
        var options = new UsageCaptureOptions();
        if (_case.TryGetProperty("options", out JsonElement values))
        {
            foreach (JsonProperty value in values.EnumerateObject())
            {
                PropertyInfo property = typeof(UsageCaptureOptions).GetProperties()
                    .Single(option => JsonNamingPolicy.SnakeCaseLower.ConvertName(option.Name) == value.Name);
                property.SetValue(options, Convert(value.Value, property.PropertyType));
            }
        }

        return options;
    }

    private static object? Convert(JsonElement value, Type type) =>
        type == typeof(TimeSpan) && value.ValueKind == JsonValueKind.Number ? TimeSpan.FromSeconds(value.GetDouble())
        : type.IsEnum ? Enum.Parse(type, value.GetString()!.Replace("_", "", StringComparison.Ordinal), ignoreCase: true)
        : value.Deserialize(type);

    private static string? Find()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string cases = Path.Combine(folder.FullName, "shared", "field-cases");
            if (Directory.Exists(cases))
            {
                return cases;
            }
        }

        return null;
    }

    private FieldResponse ReadResponse(JsonElement response)
    {
        string file = response.TryGetProperty("body_file", out JsonElement name) ? name.GetString()! : "case.body";
        return new FieldResponse(
            response.GetProperty("status").GetInt32(),
            response.TryGetProperty("when", out JsonElement when) ? when.GetString()! : "any",
            response.TryGetProperty("headers", out JsonElement headers)
                ? headers.EnumerateObject().ToDictionary(header => header.Name, header => header.Value.GetString()!)
                : [],
            File.ReadAllBytes(Path.Combine(_folder, file)));
    }

    private int? GetNumber(string name) => _case.TryGetProperty(name, out JsonElement number) ? number.GetInt32() : null;

    private bool Has(string name) => _case.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.True;
}
