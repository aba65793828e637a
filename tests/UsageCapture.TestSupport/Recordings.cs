using System.Text;

using UsageCapture.Testing;

namespace UsageCapture.TestSupport;

/// <summary>The recordings in the Recordings folder, by name, and the usage records that a capture makes of them.</summary>
internal static class Recordings
{
    private static readonly Dictionary<string, Recording> ByName =
        RecordingFiles.LoadFolder(Path.Combine(AppContext.BaseDirectory, "Recordings")).ToDictionary(recording => recording.Name);

    public static IEnumerable<string> Names => ByName.Keys;

    public static Recording Get(string name) => ByName[name];

    /// <summary>Creates a recording with any body and content type. It answers every request, at an address that no provider knows.</summary>
    public static Recording Of(string body, string contentType) => new()
    {
        Name = "body",
        Body = Encoding.UTF8.GetBytes(body),
        Request = new RecordedRequest { Url = new Uri("https://api.example/"), Match = RequestMatch.Any },
        Response = new RecordedResponse { Headers = new Dictionary<string, string> { ["content-type"] = contentType } },
    };

    /// <summary>Replays a recording to its end, and returns its only usage record.</summary>
    public static Task<UsageRecord> CaptureAsync(string name) => CaptureAsync(Get(name));

    /// <summary>Replays a recording to its end, and returns its only usage record.</summary>
    public static async Task<UsageRecord> CaptureAsync(Recording recording) => Assert.Single(await CaptureAllAsync(recording));

    /// <summary>Replays a recording to its end, and returns its usage records. There are none if its API is not captured.</summary>
    public static async Task<IReadOnlyList<UsageRecord>> CaptureAllAsync(Recording recording)
    {
        var sink = new InMemoryUsageSink();
        var witness = new WitnessHandler { InnerHandler = new UsageCaptureHandler(sink) { InnerHandler = new ReplayHandler(recording) } };
        using var client = new HttpClient(witness);
        using HttpRequestMessage request = recording.CreateRequest();

        using HttpResponseMessage response = await client.SendAsync(
            request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        await response.Content.CopyToAsync(Stream.Null, TestContext.Current.CancellationToken);

        witness.AssertRead(recording);
        return sink.Records;
    }
}
