using Microsoft.Extensions.DependencyInjection;

using UsageCapture.Testing;

namespace UsageCapture.Tests.Exchanges;

/// <summary>Handlers that send new requests without the options of the first one: copies are attempts, and other requests are not.</summary>
public sealed class HedgeCopyTests
{
    private const string Body = """{"model":"m","stream":true}""";
    private const string OtherBody = """{"model":"m","stream":true,"n":1}""";

    private readonly InMemoryUsageSink _sink = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<bool, bool> Callers => new MatrixTheoryData<bool, bool>([true, false], [true, false]);

    [Theory]
    [MemberData(nameof(Callers))]
    public async Task Copies_WithoutOptions_AreAttemptsOfOneCall(bool inScope, bool synchronous)
    {
        await SendAsync(Body, inScope, synchronous, calls: 2);

        Assert.Equal([1, 2, 1, 2], Attempts());
        Assert.Equal(inScope ? 1 : 2, _sink.Records.Select(record => record.CallId).Distinct().Count());
    }

    [Theory]
    [MemberData(nameof(Callers))]
    public async Task OtherRequests_OfAnOuterHandler_AreCallsOfTheirOwn(bool inScope, bool synchronous)
    {
        await SendAsync(OtherBody, inScope, synchronous, calls: 1);

        Assert.Equal([1, 1], Attempts());
        Assert.Equal(inScope ? 1 : 2, _sink.Records.Select(record => record.CallId).Distinct().Count());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Call_AfterAnotherOne_IsNotTakenForItsCopy(bool synchronous)
    {
        await SendAsync(Body, inScope: false, synchronous, calls: 1);
        _sink.Clear();
        using var plain = new HttpClient(new UsageCaptureHandler(_sink) { InnerHandler = new ReplayHandler(Chat.Answer.WithMatch(RequestMatch.Any)) });
        using HttpRequestMessage request = Chat.Request(Body);

        (await plain.SendAsync(request, Token)).Dispose();

        UsageRecord record = Assert.Single(_sink.Records);
        Assert.Equal((1, record.Id), (record.Attempt, record.CallId));
    }

    private IEnumerable<int> Attempts() => _sink.Records.Select(record => record.Attempt);

    private async Task SendAsync(string secondBody, bool inScope, bool synchronous, int calls)
    {
        var services = new ServiceCollection();
        services.AddUsageSink(_sink);
        services.AddHttpClient("openai")
            .AddHttpMessageHandler(() => new SecondRequestHandler(secondBody))
            .AddUsageCapture()
            .ConfigurePrimaryHttpMessageHandler(() => new ReplayHandler(Chat.Answer.WithMatch(RequestMatch.Any)));
        await using ServiceProvider provider = services.BuildServiceProvider();
        HttpClient client = provider.GetRequiredService<IHttpClientFactory>().CreateClient("openai");
        using UsageScope? scope = inScope ? UsageScope.Begin() : null;
        for (int i = 0; i < calls; i++)
        {
            using HttpRequestMessage request = Chat.Request(Body);
            (synchronous ? client.Send(request, Token) : await client.SendAsync(request, Token)).Dispose();
        }
    }

    /// <summary>Sends the request, and another one to the same address.</summary>
    private sealed class SecondRequestHandler(string body) : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Task<HttpResponseMessage> first = base.SendAsync(request, cancellationToken);
            using HttpRequestMessage second = Chat.Request(body);
            HttpResponseMessage response = await base.SendAsync(second, cancellationToken);
            await (await first).Content.LoadIntoBufferAsync(cancellationToken);
            (await first).Dispose();
            return response;
        }

        protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            HttpResponseMessage first = base.Send(request, cancellationToken);
            first.Content.LoadIntoBufferAsync(cancellationToken).GetAwaiter().GetResult();
            first.Dispose();
            using HttpRequestMessage second = Chat.Request(body);
            return base.Send(second, cancellationToken);
        }
    }
}
