using UsageCapture.Testing;

namespace UsageCapture.Tests;

public sealed class UsageCaptureHttpRequestMessageExtensionsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Tags_OfARequest_AreInItsRecord()
    {
        using HttpRequestMessage request = Chat.Request();

        Assert.Same(request, request.SetUsageTags(("tenant", "acme"), ("user", "7")));

        UsageRecord record = await SendAsync(request);
        Assert.Equal(new Dictionary<string, string> { ["tenant"] = "acme", ["user"] = "7" }, record.Tags);
    }

    [Fact]
    public async Task Tags_SetTwice_ReplaceThoseOfTheSameName()
    {
        using HttpRequestMessage request = Chat.Request();

        request.SetUsageTags(("tenant", "acme"), ("user", "7")).SetUsageTags(("user", "8")).SetUsageTags();

        UsageRecord record = await SendAsync(request);
        Assert.Equal(new Dictionary<string, string> { ["tenant"] = "acme", ["user"] = "8" }, record.Tags);
    }

    [Fact]
    public void Tags_WithoutNameOrValue_AreRefused()
    {
        using HttpRequestMessage request = Chat.Request();

        Assert.StartsWith(
            "A tag with the value 'acme' has no name.",
            Assert.Throws<ArgumentException>(() => request.SetUsageTags((null!, "acme"))).Message,
            StringComparison.Ordinal);
        Assert.StartsWith(
            "The tag 'tenant' has no value.",
            Assert.Throws<ArgumentException>(() => request.SetUsageTags(("tenant", null!))).Message,
            StringComparison.Ordinal);
        Assert.Throws<ArgumentNullException>(() => ((HttpRequestMessage)null!).SetUsageTags());
    }

    private static async Task<UsageRecord> SendAsync(HttpRequestMessage request)
    {
        var sink = new InMemoryUsageSink();
        var replay = new ReplayHandler(Recordings.Get("openai-stream-asked-by-handler"));
        using var client = new HttpClient(new UsageCaptureHandler(sink) { InnerHandler = replay });
        using HttpResponseMessage response = await client.SendAsync(request, Token);
        return Assert.Single(sink.Records);
    }
}
