using UsageCapture.Testing;

namespace UsageCapture.Tests;

/// <summary>The recordings beside the tests, by name.</summary>
internal static class Recordings
{
    private static readonly Dictionary<string, Recording> ByName =
        Recording.LoadFolder(Path.Combine(AppContext.BaseDirectory, "Recordings")).ToDictionary(recording => recording.Name);

    public static IEnumerable<string> Names => ByName.Keys;

    public static Recording Get(string name) => ByName[name];

    /// <summary>Replays a recording to a caller that reads all of it, and gives the one record that it yields.</summary>
    public static async Task<UsageRecord> CaptureAsync(string name)
    {
        Recording recording = Get(name);
        var sink = new InMemoryUsageSink();
        using var client = new HttpClient(new UsageCaptureHandler(sink) { InnerHandler = new RecordedHandler(recording) });
        using HttpRequestMessage request = recording.CreateRequest();

        using HttpResponseMessage response = await client.SendAsync(
            request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        await response.Content.CopyToAsync(Stream.Null, TestContext.Current.CancellationToken);

        return Assert.Single(sink.Records);
    }
}
