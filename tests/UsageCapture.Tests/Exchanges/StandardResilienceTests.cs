using System.Net;
using System.Threading.RateLimiting;

using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http.Resilience;

using Polly;
using Polly.CircuitBreaker;
using Polly.RateLimiting;
using Polly.Timeout;

using UsageCapture.Exchanges;
using UsageCapture.Testing;

namespace UsageCapture.Tests.Exchanges;

/// <summary>The handlers of Microsoft.Extensions.Http.Resilience: hedges are numbered, and calls that they stop before sending need no review.</summary>
public sealed class StandardResilienceTests
{
    private readonly InMemoryUsageSink _sink = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Hedges_OfTheStandardHandler_AreAttemptsOfOneCall(bool inScope)
    {
        var server = new ReplayHandler(Chat.Answer.Unanswered(), Chat.Answer);
        await using ServiceProvider provider = AddClient(server, AddHedging);
        HttpClient client = provider.GetRequiredService<IHttpClientFactory>().CreateClient("openai");
        using UsageScope? scope = inScope ? UsageScope.Begin() : null;

        await CallAsync(client);

        IReadOnlyList<UsageRecord> records = await _sink.WaitForAsync(2, Token);
        Assert.Equal([1, 2], records.Select(record => record.Attempt).Order());
        Guid callId = Assert.Single(records.Select(record => record.CallId).Distinct());
        Assert.Equal(scope?.CallId ?? callId, callId);
        UsageRecord winner = Assert.Single(records, record => record.Outcome == UsageOutcome.Completed);
        Assert.Equal((2, UsageStatus.Exact), (winner.Attempt, winner.Status));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Calls_InOneScope_BeginAtOneEach(bool parallel)
    {
        var server = new ReplayHandler(Chat.Answer.WithMatch(RequestMatch.Any)) { };
        await using ServiceProvider provider = AddClient(server, AddHedging);
        HttpClient client = provider.GetRequiredService<IHttpClientFactory>().CreateClient("openai");
        using var scope = UsageScope.Begin();

        Task first = CallAsync(client);
        if (!parallel)
        {
            await first;
        }

        await Task.WhenAll(first, CallAsync(client));

        Assert.Equal([(scope.CallId, 1), (scope.CallId, 1)], _sink.Records.Select(record => (record.CallId, record.Attempt)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Call_StoppedByTheCircuitBreaker_NeedsNoReview(bool isIsolated)
    {
        int requests = 0;
        var server = new AnsweringHandler((_, _) =>
        {
            requests++;
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.InternalServerError));
        });
        var control = new CircuitBreakerManualControl(isIsolated);
        using HttpClient client = Client(server, builder => builder.AddCircuitBreaker(new HttpCircuitBreakerStrategyOptions
        {
            MinimumThroughput = 2,
            ManualControl = control,
        }));
        for (int i = 0; i < 2 && !isIsolated; i++)
        {
            using HttpRequestMessage failing = Chat.Request();
            (await client.SendAsync(failing, Token)).Dispose();
        }

        _sink.Clear();
        int earlier = requests;
        using HttpRequestMessage request = Chat.Request();
        await Assert.ThrowsAnyAsync<BrokenCircuitException>(() => client.SendAsync(request, Token));

        AssertNeverSent(Assert.Single(_sink.Records));
        Assert.Equal(earlier, requests);
    }

    [Fact]
    public async Task Call_StoppedByTheRateLimiter_NeedsNoReview()
    {
        using var limiter = new ConcurrencyLimiter(new ConcurrencyLimiterOptions { PermitLimit = 1 });
        using RateLimitLease held = limiter.AttemptAcquire();
        using HttpClient client = Client(new ReplayHandler(Chat.Answer), builder => builder.AddRateLimiter(limiter));
        using HttpRequestMessage request = Chat.Request();

        await Assert.ThrowsAsync<RateLimiterRejectedException>(() => client.SendAsync(request, Token));

        AssertNeverSent(Assert.Single(_sink.Records));
    }

    // The types of Polly 7 have no package here. They are known by name.
    [Fact]
    public void Call_StoppedByPolly7_NeedsNoReview()
    {
        foreach (Exception exception in (Exception[])[new Polly.RateLimit.RateLimitRejectedException(), new Polly.Bulkhead.BulkheadRejectedException()])
        {
            Assert.True(ExchangeEnding.Failed(exception, isCanceled: false, requestWasSent: false).WasNeverSent);
        }
    }

    [Fact]
    public async Task Call_ThatTimedOut_NeedsReview()
    {
        using HttpClient client = Client(
            new ReplayHandler(Chat.Answer.Unanswered()), builder => builder.AddTimeout(TimeSpan.FromMilliseconds(50)));
        using HttpRequestMessage request = Chat.Request();

        await Assert.ThrowsAsync<TimeoutRejectedException>(() => client.SendAsync(request, Token));

        UsageRecord record = Assert.Single(_sink.Records);
        Assert.Equal((UsageOutcome.Faulted, true), (record.Outcome, record.NeedsReview));
    }

    // The retry handler is inside the capture, so the record is for all of its attempts. The first one reached the model.
    [Fact]
    public async Task Call_SentBeforeTheCircuitBreakerStopsItsRetry_NeedsReview()
    {
        using HttpClient client = Client(new ReplayHandler(Chat.Answer.Unanswered()), builder => builder
            .AddRetry(new HttpRetryStrategyOptions { Delay = TimeSpan.Zero, MaxRetryAttempts = 2 })
            .AddCircuitBreaker(new HttpCircuitBreakerStrategyOptions { MinimumThroughput = 2 })
            .AddTimeout(TimeSpan.FromMilliseconds(50)));
        using HttpRequestMessage request = Chat.Request();

        await Assert.ThrowsAsync<BrokenCircuitException>(() => client.SendAsync(request, Token));

        Assert.True(Assert.Single(_sink.Records).NeedsReview);
    }

    private static void AssertNeverSent(UsageRecord record)
    {
        Assert.Equal((UsageOutcome.Faulted, UsageStatus.Missing), (record.Outcome, record.Status));
        Assert.Equal((null, null, false), (record.Usage, record.StatusCode, record.NeedsReview));
    }

    private static void AddHedging(IHttpClientBuilder builder) =>
        builder.AddStandardHedgingHandler().Configure(options =>
        {
            options.Hedging.Delay = TimeSpan.FromMilliseconds(20);
            options.Hedging.MaxHedgedAttempts = 1;
        });

    private static async Task CallAsync(HttpClient client)
    {
        using HttpRequestMessage request = Chat.Request();
        using HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
        Assert.Equal(Chat.Answer.Body.ToArray(), await response.Content.ReadAsByteArrayAsync(Token));
    }

    private ServiceProvider AddClient(HttpMessageHandler server, Action<IHttpClientBuilder> addOuterHandlers)
    {
        var services = new ServiceCollection();
        services.AddUsageSink(_sink);
        IHttpClientBuilder builder = services.AddHttpClient("openai").ConfigurePrimaryHttpMessageHandler(() => server);
        addOuterHandlers(builder);
        builder.AddUsageCapture();
        return services.BuildServiceProvider();
    }

    /// <summary>Makes a client with a resilience handler inside of the capture.</summary>
    private HttpClient Client(HttpMessageHandler server, Action<ResiliencePipelineBuilder<HttpResponseMessage>> configure)
    {
        var pipeline = new ResiliencePipelineBuilder<HttpResponseMessage>();
        configure(pipeline);
        var resilience = new ResilienceHandler(pipeline.Build()) { InnerHandler = server };
        return new HttpClient(new UsageCaptureHandler(_sink) { InnerHandler = resilience });
    }
}
