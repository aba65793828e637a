using System.Reflection;

using UsageCapture.Testing;

namespace UsageCapture.Tests;

/// <summary>Who a call was made for, and what all of somebody's calls used.</summary>
public sealed class UsageScopeTests
{
    private readonly InMemoryUsageSink _sink = new();
    private readonly UsageCaptureOptions _options = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Scope_AroundCalls_TagsAndTotalsThem()
    {
        using var scope = UsageScope.Begin(("tenant", "acme"));

        await CallAsync();
        await CallAsync();

        Assert.All(_sink.Records, record => Assert.Equal("acme", record.Tags["tenant"]));
        Assert.Equal([(scope.CallId, 1), (scope.CallId, 1)], _sink.Records.Select(record => (record.CallId, record.Attempt)));
        Assert.Equal((2, 24, false), (scope.ExchangeCount, scope.Total.InputTokens!.Value, scope.NeedsReview));
    }

    [Fact]
    public async Task Scope_InsideAnother_AddsToItAndGoesBeforeIt()
    {
        using var outer = UsageScope.Begin(("tenant", "acme"), ("feature", "search"));
        UsageScope inner = UsageScope.Begin(("feature", "chat"), ("user", "7"));
        Assert.Same(inner, UsageScope.Current);
        await CallAsync();
        inner.Dispose();
        await CallAsync();

        Assert.Equal("feature=chat tenant=acme user=7", Tags(_sink.Records[0]));
        Assert.Equal("feature=search tenant=acme", Tags(_sink.Records[1]));
        Assert.Equal((12, 24), (inner.Total.InputTokens!.Value, outer.Total.InputTokens!.Value));
        Assert.Equal((inner.CallId, outer.CallId), (_sink.Records[0].CallId, _sink.Records[1].CallId));
    }

    [Fact]
    public async Task Scopes_OfParallelFlows_DoNotMeet()
    {
        using var all = UsageScope.Begin();
        UsageScope[] scopes = await Task.WhenAll(Enumerable.Range(0, 20).Select(async number =>
        {
            using var scope = UsageScope.Begin(("number", $"{number}"));
            await Task.Yield();
            await Task.WhenAll(CallAsync(), CallAsync());
            return scope;
        }));

        Assert.Same(all, UsageScope.Current);
        Assert.All(scopes, scope => Assert.Equal((2, 24), (scope.ExchangeCount, scope.Total.InputTokens!.Value)));
        Assert.Equal((40, 480), (all.ExchangeCount, all.Total.InputTokens!.Value));
        Assert.Equal(20, _sink.Records.Select(record => record.Tags["number"]).Distinct().Count());
    }

    [Fact]
    public async Task Scope_ThatEndsBeforeTheStream_CountsItAllTheSame()
    {
        HttpResponseMessage response;
        UsageScope scope;
        using (scope = UsageScope.Begin(("tenant", "acme")))
        {
            response = await SendAsync();
        }

        Assert.Null(UsageScope.Current);
        Assert.Null(scope.Total.InputTokens);
        await response.Content.ReadAsStringAsync(Token);

        Assert.Equal("acme", Assert.Single(_sink.Records).Tags["tenant"]);
        Assert.Equal(12, scope.Total.InputTokens);
    }

    [Fact]
    public void Scope_ThatIsDisposedOutOfOrder_EndsThoseInsideIt()
    {
        UsageScope outer = UsageScope.Begin();
        UsageScope inner = UsageScope.Begin();

        outer.Dispose();
        Assert.Null(UsageScope.Current);
        inner.Dispose();
        outer.Dispose();

        Assert.Null(UsageScope.Current);
    }

    [Fact]
    public async Task Total_OfACallWithoutUsage_IsNullAndNeedsReview()
    {
        using var scope = UsageScope.Begin();

        (await SendAsync()).Dispose();

        Assert.Equal(default, scope.Total);
        Assert.Equal((1, true), (scope.ExchangeCount, scope.NeedsReview));
    }

    [Fact]
    public void Sum_OfCounts_IsNullWhereNobodyReported()
    {
        var one = new TokenUsage { InputTokens = 3, ReportedCost = 0.5m };
        var other = new TokenUsage { InputTokens = 4, OutputTokens = 2 };

        Assert.Equal(new TokenUsage { InputTokens = 7, OutputTokens = 2, ReportedCost = 0.5m }, one.Plus(other));
    }

    [Fact]
    public void Sum_OfCounts_HasEveryCount()
    {
        object usage = default(TokenUsage);
        PropertyInfo[] counts = [.. typeof(TokenUsage).GetProperties().Where(property => property.SetMethod is not null)];
        foreach (PropertyInfo count in counts)
        {
            count.SetValue(usage, count.PropertyType == typeof(decimal?) ? (object)1m : 1L);
        }

        TokenUsage sum = ((TokenUsage)usage).Plus((TokenUsage)usage);

        Assert.All(counts, count => Assert.Equal("2", Convert.ToString(count.GetValue(sum), System.Globalization.CultureInfo.InvariantCulture)));
    }

    [Fact]
    public async Task Tags_OfTheRequestAndOfEnrich_GoBeforeTheScopes()
    {
        _options.Enrich = (request, tags) =>
        {
            tags["host"] = request.RequestUri!.Host;
            tags["user"] = tags["user"].ToUpperInvariant();
            tags.Remove("tenant");
        };
        using var scope = UsageScope.Begin(("tenant", "acme"), ("user", "a"));

        using HttpResponseMessage response = await SendAsync(new Dictionary<string, string> { ["user"] = "b" });
        await response.Content.ReadAsStringAsync(Token);

        Assert.Equal("host=api.openai.com user=B", Tags(Assert.Single(_sink.Records)));
        Assert.Equal("tenant=acme user=a", string.Join(' ', scope.Tags.OrderBy(tag => tag.Key).Select(tag => $"{tag.Key}={tag.Value}")));
    }

    [Fact]
    public async Task Enrich_ThatThrows_IsLoggedAndChangesNothing()
    {
        var log = new CollectingLogger<UsageCaptureHandler>();
        _options.Enrich = (_, tags) =>
        {
            tags["half"] = "done";
            throw new InvalidOperationException("No tenant.");
        };

        using HttpResponseMessage response = await SendAsync(new Dictionary<string, string> { ["user"] = "b" }, log);
        await response.Content.ReadAsStringAsync(Token);

        Assert.Equal("user=b", Tags(Assert.Single(_sink.Records)));
        Assert.Contains("Enrich failed for a request to api.openai.com/v1/chat/completions", Assert.Single(log.Entries).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Record_OutsideOfAnyScope_HasNoTagsAndIsItsOwnCall()
    {
        await CallAsync();

        UsageRecord record = Assert.Single(_sink.Records);
        Assert.Empty(record.Tags);
        Assert.Equal((record.Id, 1), (record.CallId, record.Attempt));
    }

    [Fact]
    public async Task Record_WithTags_IsWrittenWithThem()
    {
        using var scope = UsageScope.Begin(("Tenant Id", "acme"));
        await CallAsync();

        string json = Assert.Single(_sink.Records).ToJson();

        Assert.Contains("\"attempt\":1,\"tags\":{\"Tenant Id\":\"acme\"}", json, StringComparison.Ordinal);
        Assert.Contains($"\"call_id\":\"{scope.CallId}\"", json, StringComparison.Ordinal);
    }

    private static string Tags(UsageRecord record) =>
        string.Join(' ', record.Tags.OrderBy(tag => tag.Key).Select(tag => $"{tag.Key}={tag.Value}"));

    private async Task CallAsync()
    {
        using HttpResponseMessage response = await SendAsync();
        await response.Content.ReadAsStringAsync(Token);
    }

    private async Task<HttpResponseMessage> SendAsync(
        Dictionary<string, string>? tags = null, CollectingLogger<UsageCaptureHandler>? log = null)
    {
        var replay = new ReplayHandler(Recordings.Get("openai-stream-asked-by-handler"));
        var client = new HttpClient(new UsageCaptureHandler(_sink, _options, log) { InnerHandler = replay });
        using HttpRequestMessage request = Chat.Request();
        if (tags is not null)
        {
            request.SetUsageTags([.. tags.Select(tag => (tag.Key, tag.Value))]);
        }

        return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
    }
}
