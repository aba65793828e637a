using Microsoft.Extensions.DependencyInjection;

using UsageCapture.Testing;

namespace UsageCapture.Tests.Exchanges;

/// <summary>What gateways say in headers, and what a request asks for beside the model, is in the record.</summary>
public sealed class GatewayAnswerTests
{
    [Theory]
    [InlineData("x-litellm-cache-key", "a1b2", true)]
    [InlineData("x-portkey-cache-status", "HIT", true)]
    [InlineData("x-portkey-cache-status", "SEMANTIC HIT", true)]
    [InlineData("x-portkey-cache-status", "MISS", false)]
    [InlineData("Helicone-Cache", "HIT", true)]
    [InlineData("Helicone-Cache", "MISS", false)]
    [InlineData("cf-aig-cache-status", "HIT", true)]
    [InlineData("cf-aig-cache-status", "MISS", false)]
    [InlineData("X-OmniRoute-Cache", "HIT", true)]
    [InlineData("X-OmniRoute-Cache", "MISS", false)]
    public async Task Answer_OfAGatewayCache_IsMarkedAndNeedsNoReview(string header, string value, bool isHit)
    {
        UsageRecord record = await Recordings.CaptureAsync(Chat.Of(Chat.Text, Chat.Finish, Chat.Done).WithHeader(header, value).WithMatch(RequestMatch.Any));

        Assert.Equal((isHit, !isHit), (record.IsGatewayCacheHit, record.NeedsReview));
    }

    [Theory]
    [InlineData("0.00042", 0.00042)]
    [InlineData("4.2e-4", 0.00042)]
    [InlineData("-1", null)]
    [InlineData("None", null)]
    public async Task Cost_OfAHeader_IsTheReportedCost(string value, double? cost)
    {
        UsageRecord record = await Recordings.CaptureAsync(
            Chat.Of(Chat.Text, Chat.Finish, Chat.Usage, Chat.Done).WithHeader("x-litellm-response-cost", value).WithMatch(RequestMatch.Any));

        Assert.Equal((decimal?)cost, record.Usage?.ReportedCost);
    }

    [Fact]
    public async Task Cost_OfAnAnswerFromTheCache_IsNotReported()
    {
        Recording answer = Chat.Of(Chat.Text, Chat.Finish, Chat.Usage, Chat.Done)
            .WithHeader("x-litellm-response-cost", "1").WithHeader("x-litellm-cache-key", "k").WithMatch(RequestMatch.Any);

        Assert.Null((await Recordings.CaptureAsync(answer)).Usage?.ReportedCost);
    }

    [Theory]
    [InlineData("0", 1)]
    [InlineData("2", 3)]
    [InlineData("x", 1)]
    public async Task RetryCount_OfAnSdk_IsTheAttempt(string count, int attempt)
    {
        var sink = new InMemoryUsageSink();
        using var client = new HttpClient(new UsageCaptureHandler(sink) { InnerHandler = new ReplayHandler(Chat.Answer.WithMatch(RequestMatch.Any)) });
        using HttpRequestMessage request = Chat.Request();
        request.Headers.Add("x-stainless-retry-count", count);

        (await client.SendAsync(request, TestContext.Current.CancellationToken)).Dispose();

        Assert.Equal(attempt, Assert.Single(sink.Records).Attempt);
    }

    // A handler that sends the SDK's second request three times makes the attempts two to four.
    [Theory]
    [InlineData("1", true)]
    [InlineData("1", false)]
    public async Task RetryCount_OfAnSdkAboveARetryHandler_IsAddedToItsRetries(string count, bool usesFactory)
    {
        var sink = new InMemoryUsageSink();
        var server = new ReplayHandler(ChatStream.CreateRejection(503, "overloaded"), ChatStream.CreateRejection(503, "overloaded"), Chat.Answer);
        var services = new ServiceCollection();
        services.AddUsageSink(sink);
        services.AddHttpClient("sdk").AddHttpMessageHandler(() => new ThreeTimesHandler()).AddUsageCapture()
            .ConfigurePrimaryHttpMessageHandler(() => server);
        await using ServiceProvider provider = services.BuildServiceProvider();
        using var bare = new HttpClient(new ThreeTimesHandler { InnerHandler = new UsageCaptureHandler(sink) { InnerHandler = server } });
        HttpClient client = usesFactory ? provider.GetRequiredService<IHttpClientFactory>().CreateClient("sdk") : bare;
        using HttpRequestMessage request = Chat.Request();
        request.Headers.Add("x-stainless-retry-count", count);

        (await client.SendAsync(request, TestContext.Current.CancellationToken)).Dispose();

        Assert.Equal([2, 3, 4], sink.Records.Select(record => record.Attempt));
        Assert.Single(sink.Records.Select(record => record.CallId).Distinct());
    }

    [Fact]
    public async Task ServiceTier_OfTheRequest_IsRecordedBesideTheServedOne()
    {
        var sink = new InMemoryUsageSink();
        using var client = new HttpClient(new UsageCaptureHandler(sink) { InnerHandler = new ReplayHandler(Chat.Answer.WithMatch(RequestMatch.Any)) });
        using HttpRequestMessage request = Chat.Request("""{"model":"m","stream":true,"service_tier":"flex"}""");

        (await client.SendAsync(request, TestContext.Current.CancellationToken)).Dispose();

        Assert.Equal("flex", Assert.Single(sink.Records).RequestedServiceTier);
    }

    private sealed class ThreeTimesHandler : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            (await base.SendAsync(request, cancellationToken)).Dispose();
            (await base.SendAsync(request, cancellationToken)).Dispose();
            return await base.SendAsync(request, cancellationToken);
        }
    }
}
