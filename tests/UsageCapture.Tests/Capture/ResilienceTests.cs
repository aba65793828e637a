using System.Net;
using System.Text;

using Microsoft.Extensions.DependencyInjection;

using Polly;
using Polly.Retry;
using Polly.Timeout;

using UsageCapture.Tests.Fakes;

namespace UsageCapture.Tests.Capture;

/// <summary>Retries, hedges and time-outs: one record for each attempt, which know each other, and none that pretends.</summary>
public sealed class ResilienceTests
{
    private const string Answer = Chat.Text + Chat.Finish + Chat.Usage + Chat.Done;

    private readonly InMemoryUsageSink _sink = new();
    private readonly ScriptedServer _server = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Retries_OutsideOfCapture_AreNumberedAttemptsOfOneOperation()
    {
        _server.Script(_ => Respond(500), _ => throw new HttpRequestException("reset"), _ => Respond(200));
        using HttpClient client = Client(new PollyHandler(Retry));

        await CallAsync(client);

        Assert.Equal([1, 2, 3], _sink.Records.Select(record => record.Attempt));
        Assert.All(_sink.Records, record => Assert.Equal(_sink.Records[0].OperationId, record.OperationId));
        Assert.Equal(3, _sink.Records.Select(record => record.Id).Distinct().Count());
        Assert.Equal(_sink.Records[0].Id, _sink.Records[0].OperationId);
        Assert.Equal([UsageOutcome.Rejected, UsageOutcome.Faulted, UsageOutcome.Completed], _sink.Records.Select(record => record.Outcome));
        Assert.Equal([UsageStatus.Missing, UsageStatus.Missing, UsageStatus.Exact], _sink.Records.Select(record => record.Status));
    }

    [Fact]
    public async Task Retries_InsideOfCapture_AreOneExchange()
    {
        _server.Script(_ => Respond(500), _ => Respond(200));
        using var client = new HttpClient(new UsageCaptureHandler(_sink) { InnerHandler = new PollyHandler(Retry) { InnerHandler = _server } });

        await CallAsync(client);

        UsageRecord record = Assert.Single(_sink.Records);
        Assert.Equal((1, UsageStatus.Exact, record.Id), (record.Attempt, record.Status, record.OperationId));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Retries_OfAClientOfTheFactory_AreCountedByTheOrderOfItsHandlers(bool retryIsOutside)
    {
        _server.Script(_ => Respond(503), _ => Respond(200));
        var services = new ServiceCollection();
        services.AddUsageSink(_sink);
        IHttpClientBuilder builder = services.AddHttpClient("openai").ConfigurePrimaryHttpMessageHandler(() => _server);
        _ = retryIsOutside
            ? builder.AddHttpMessageHandler(() => new PollyHandler(Retry)).AddUsageCapture()
            : builder.AddUsageCapture().AddHttpMessageHandler(() => new PollyHandler(Retry));
        await using ServiceProvider provider = services.BuildServiceProvider();

        await CallAsync(provider.GetRequiredService<IHttpClientFactory>().CreateClient("openai"));

        Assert.Equal(retryIsOutside ? [1, 2] : [1], _sink.Records.Select(record => record.Attempt));
        Assert.Single(_sink.Records.Select(record => record.OperationId).Distinct());
    }

    [Fact]
    public async Task Hedges_OfAClientOfTheFactory_AreOneOperationAndTheLoserHasNoUsage()
    {
        _server.Script(Stall, _ => Respond(200));
        var services = new ServiceCollection();
        services.AddUsageSink(_sink);
        services.AddHttpClient("openai").AddHttpMessageHandler(() => PollyHandler.Hedging(TimeSpan.Zero)).AddUsageCapture()
            .ConfigurePrimaryHttpMessageHandler(() => _server);
        await using ServiceProvider provider = services.BuildServiceProvider();

        await CallAsync(provider.GetRequiredService<IHttpClientFactory>().CreateClient("openai"));

        IReadOnlyList<UsageRecord> records = await _sink.WaitForAsync(_server.Requests, Token);
        Assert.Single(records.Select(record => record.OperationId).Distinct());
        Assert.Equal(Enumerable.Range(1, records.Count), records.Select(record => record.Attempt).Order());
        AssertLosersHaveNoUsage(records);
    }

    [Fact]
    public async Task Hedges_InAScope_AreOneOperation()
    {
        _server.Script(Stall, _ => Respond(200));
        using HttpClient client = Client(PollyHandler.Hedging(TimeSpan.Zero));
        using var scope = UsageScope.Begin();

        await CallAsync(client);

        IReadOnlyList<UsageRecord> records = await _sink.WaitForAsync(_server.Requests, Token);
        Assert.All(records, record => Assert.Equal(scope.OperationId, record.OperationId));
        AssertLosersHaveNoUsage(records);
        Assert.Equal(10, scope.Total.TotalTokens);
        Assert.True(scope.NeedsReview); // What the losers generated is billed, and nobody knows.
    }

    [Fact]
    public async Task Timeout_OfAnAttempt_IsCanceledAndTheNextOneIsExact()
    {
        _server.Script(Stall, _ => Respond(200));
        ResiliencePipeline<HttpResponseMessage> pipeline = new ResiliencePipelineBuilder<HttpResponseMessage>()
            .AddRetry(new RetryStrategyOptions<HttpResponseMessage>
            {
                Delay = TimeSpan.Zero,
                ShouldHandle = arguments => ValueTask.FromResult(arguments.Outcome.Exception is TimeoutRejectedException),
            })
            .AddTimeout(TimeSpan.FromMilliseconds(50))
            .Build();
        using HttpClient client = Client(new PollyHandler(pipeline));

        await CallAsync(client);

        Assert.Equal(
            [(UsageOutcome.Canceled, UsageStatus.Missing, 1), (UsageOutcome.Completed, UsageStatus.Exact, 2)],
            _sink.Records.Select(record => (record.Outcome, record.Status, record.Attempt)));
        Assert.Single(_sink.Records.Select(record => record.OperationId).Distinct());
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
        Assert.Equal(Answer, await response.Content.ReadAsStringAsync(Token));
    }

    private static async Task<HttpResponseMessage> Stall(CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.Infinite, cancellationToken);
        return await Respond(504);
    }

    private static Task<HttpResponseMessage> Respond(int status) => Task.FromResult(new HttpResponseMessage((HttpStatusCode)status)
    {
        Content = new StringContent(status == 200 ? Answer : "", Encoding.UTF8, "text/event-stream"),
    });

    private HttpClient Client(PollyHandler outside)
    {
        outside.InnerHandler = new UsageCaptureHandler(_sink) { InnerHandler = _server };
        return new HttpClient(outside);
    }

    /// <summary>A server that answers by a script, and goes on with its last line.</summary>
    private sealed class ScriptedServer : HttpMessageHandler
    {
        private Func<CancellationToken, Task<HttpResponseMessage>>[] _lines = [];
        private int _requests;

        public int Requests => _requests;

        public void Script(params Func<CancellationToken, Task<HttpResponseMessage>>[] lines) => _lines = lines;

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            _lines[Math.Min(Interlocked.Increment(ref _requests), _lines.Length) - 1](cancellationToken);
    }
}
