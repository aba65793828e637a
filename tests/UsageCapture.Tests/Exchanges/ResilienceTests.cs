using System.Net;

using Microsoft.Extensions.DependencyInjection;

using Polly;
using Polly.Retry;
using Polly.Timeout;

using UsageCapture.Testing;

namespace UsageCapture.Tests.Exchanges;

/// <summary>Retries, hedges and time-outs: one record for each attempt, which know each other, and none that pretends.</summary>
public sealed class ResilienceTests
{
    private static readonly Recording Failed = ChatStream.CreateRejection(503, "overloaded");

    private readonly InMemoryUsageSink _sink = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Retries_OutsideOfCapture_AreNumberedAttemptsOfOneOperation()
    {
        using HttpClient client = Client(new PollyHandler(Retry), Failed, Chat.Answer.Unreachable(), Chat.Answer);

        await CallAsync(client);

        Assert.Equal([1, 2, 3], _sink.Records.Select(record => record.Attempt));
        Assert.All(_sink.Records, record => Assert.Equal(_sink.Records[0].CallId, record.CallId));
        Assert.Equal(3, _sink.Records.Select(record => record.Id).Distinct().Count());
        Assert.Equal(_sink.Records[0].Id, _sink.Records[0].CallId);
        Assert.Equal([UsageOutcome.Rejected, UsageOutcome.Faulted, UsageOutcome.Completed], _sink.Records.Select(record => record.Outcome));
        Assert.Equal([UsageStatus.Missing, UsageStatus.Missing, UsageStatus.Exact], _sink.Records.Select(record => record.Status));
    }

    [Fact]
    public async Task Retries_InsideOfCapture_AreOneExchange()
    {
        var server = new ReplayHandler(Failed, Chat.Answer);
        using var client = new HttpClient(new UsageCaptureHandler(_sink) { InnerHandler = new PollyHandler(Retry) { InnerHandler = server } });

        await CallAsync(client);

        UsageRecord record = Assert.Single(_sink.Records);
        Assert.Equal((1, UsageStatus.Exact, record.Id), (record.Attempt, record.Status, record.CallId));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Retries_OfAClientOfTheFactory_AreCountedByTheOrderOfItsHandlers(bool retryIsOutside)
    {
        var server = new ReplayHandler(Failed, Chat.Answer);
        var services = new ServiceCollection();
        services.AddUsageSink(_sink);
        IHttpClientBuilder builder = services.AddHttpClient("openai").ConfigurePrimaryHttpMessageHandler(() => server);
        _ = retryIsOutside
            ? builder.AddHttpMessageHandler(() => new PollyHandler(Retry)).AddUsageCapture()
            : builder.AddUsageCapture().AddHttpMessageHandler(() => new PollyHandler(Retry));
        await using ServiceProvider provider = services.BuildServiceProvider();

        await CallAsync(provider.GetRequiredService<IHttpClientFactory>().CreateClient("openai"));

        Assert.Equal(retryIsOutside ? [1, 2] : [1], _sink.Records.Select(record => record.Attempt));
        Assert.Single(_sink.Records.Select(record => record.CallId).Distinct());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Hedges_OfAClientOfTheFactory_AreOneOperationAndTheLoserHasNoUsage(bool inScope)
    {
        using UsageScope? scope = inScope ? UsageScope.Begin() : null;
        var server = new ReplayHandler(Chat.Answer.Unanswered(), Chat.Answer);
        var services = new ServiceCollection();
        services.AddUsageSink(_sink);
        services.AddHttpClient("openai").AddHttpMessageHandler(() => PollyHandler.Hedging(TimeSpan.Zero)).AddUsageCapture()
            .ConfigurePrimaryHttpMessageHandler(() => server);
        await using ServiceProvider provider = services.BuildServiceProvider();

        await CallAsync(provider.GetRequiredService<IHttpClientFactory>().CreateClient("openai"));

        IReadOnlyList<UsageRecord> records = await _sink.WaitForAsync(server.RequestBodies.Count, Token);
        Assert.Single(records.Select(record => record.CallId).Distinct());
        Assert.Equal(Enumerable.Range(1, records.Count), records.Select(record => record.Attempt).Order());
        AssertLosersHaveNoUsage(records);
    }

    [Fact]
    public async Task Hedges_InAScope_AreOneOperation()
    {
        var server = new ReplayHandler(Chat.Answer.Unanswered(), Chat.Answer);
        using HttpClient client = Client(PollyHandler.Hedging(TimeSpan.Zero), server);
        using var scope = UsageScope.Begin();

        await CallAsync(client);

        IReadOnlyList<UsageRecord> records = await _sink.WaitForAsync(server.RequestBodies.Count, Token);
        Assert.All(records, record => Assert.Equal(scope.CallId, record.CallId));
        AssertLosersHaveNoUsage(records);
        Assert.Equal(10, scope.Total.TotalTokens);
        Assert.True(scope.NeedsReview); // What the losers generated is billed, and nobody knows.
    }

    [Fact]
    public async Task Timeout_OfAnAttempt_IsCanceledAndTheNextOneIsExact()
    {
        ResiliencePipeline<HttpResponseMessage> pipeline = new ResiliencePipelineBuilder<HttpResponseMessage>()
            .AddRetry(new RetryStrategyOptions<HttpResponseMessage>
            {
                Delay = TimeSpan.Zero,
                ShouldHandle = arguments => ValueTask.FromResult(arguments.Outcome.Exception is TimeoutRejectedException),
            })
            .AddTimeout(TimeSpan.FromMilliseconds(50))
            .Build();
        using HttpClient client = Client(new PollyHandler(pipeline), Chat.Answer.Unanswered(), Chat.Answer);

        await CallAsync(client);

        Assert.Equal(
            [(UsageOutcome.Canceled, UsageStatus.Missing, 1), (UsageOutcome.Completed, UsageStatus.Exact, 2)],
            _sink.Records.Select(record => (record.Outcome, record.Status, record.Attempt)));
        Assert.Single(_sink.Records.Select(record => record.CallId).Distinct());
    }

    private static ResiliencePipeline<HttpResponseMessage> Retry => new ResiliencePipelineBuilder<HttpResponseMessage>()
        .AddRetry(new RetryStrategyOptions<HttpResponseMessage>
        {
            Delay = TimeSpan.Zero,
            ShouldHandle = arguments => ValueTask.FromResult(
                arguments.Outcome.Exception is HttpRequestException || arguments.Outcome.Result is { StatusCode: >= HttpStatusCode.InternalServerError }),
        }).Build();

    private static void AssertLosersHaveNoUsage(IReadOnlyList<UsageRecord> records)
    {
        Assert.InRange(records.Count, 2, 3);
        Assert.Single(records, record => record is { Outcome: UsageOutcome.Completed, Status: UsageStatus.Exact });
        Assert.All(
            records.Where(record => record.Outcome != UsageOutcome.Completed),
            record => Assert.True(record is
            {
                Outcome: UsageOutcome.Canceled or UsageOutcome.Abandoned, Status: UsageStatus.Missing, Usage: null, NeedsReview: true,
            }));
    }

    private static async Task CallAsync(HttpClient client)
    {
        using HttpRequestMessage request = Chat.Request();
        using HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
        Assert.Equal(Chat.Answer.Body.ToArray(), await response.Content.ReadAsByteArrayAsync(Token));
    }

    private HttpClient Client(PollyHandler outside, params Recording[] answers) => Client(outside, new ReplayHandler(answers));

    private HttpClient Client(PollyHandler outside, ReplayHandler server)
    {
        outside.InnerHandler = new UsageCaptureHandler(_sink) { InnerHandler = server };
        return new HttpClient(outside);
    }
}
