using Microsoft.Extensions.Logging.Abstractions;

using UsageCapture.Delivery;
using UsageCapture.Exchanges;

namespace UsageCapture.Tests.Exchanges;

/// <summary>What a request is attributed to, for each of the things that attribute it.</summary>
public sealed class AttributionTests
{
    private readonly HttpRequestMessage _request = new(HttpMethod.Post, "https://api.example/v1/chat/completions");

    [Fact]
    public void Request_WithNothing_HasNone() => Assert.Null(Read());

    [Theory]
    [InlineData("0", null)]
    [InlineData("1", 2)]
    [InlineData("999", 1000)]
    [InlineData("1000", null)]
    [InlineData("99999999999", null)]
    [InlineData("-1", null)]
    [InlineData("+1", null)]
    [InlineData("1.0", null)]
    [InlineData("", null)]
    public void RetryCount_OfAnSdk_MakesTheAttempt(string count, int? attempt)
    {
        _request.Headers.TryAddWithoutValidation("x-stainless-retry-count", count);

        Assert.Equal(attempt, Read()?.Attempt);
    }

    [Fact]
    public void Request_WithOneOfTheThings_HasItAlone()
    {
        using var cancel = new CancellationTokenSource();
        using (UsageScope scope = UsageScope.Begin())
        {
            Assert.Equal(new Attribution(Call: null, 1, TagSet.Empty, scope, CallerToken: default), Read());
        }

        Assert.Equal(new Attribution(Call: null, 1, TagSet.Empty, Scope: null, CallerToken: default), Read((_, _) => { }));

        _request.SetUsageCancellationToken(cancel.Token);
        Assert.Equal(new Attribution(Call: null, 1, TagSet.Empty, Scope: null, cancel.Token), Read());
    }

    [Fact]
    public void Request_OfACall_IsItsNextAttempt()
    {
        var call = new CallAttempts(Guid.CreateVersion7(DateTimeOffset.UnixEpoch), attemptCount: 2);
        call.MarkAsAttempt(_request);

        Assert.Equal(new Attribution(call, 3, TagSet.Empty, Scope: null, CallerToken: default), Read());
    }

    [Fact]
    public void Tags_OfTheScopeTheRequestAndTheCallback_ReplaceEachOtherInThisOrder()
    {
        using var scope = UsageScope.Begin(("a", "scope"), ("b", "scope"), ("c", "scope"));
        _request.SetUsageTags(("b", "request"), ("c", "request"));

        Attribution? attribution = Read((request, tags) =>
        {
            Assert.Same(_request, request);
            tags["c"] = "callback";
            tags["d"] = null!;
        });

        Assert.Equal(
            [new("a", "scope"), new("b", "request"), new KeyValuePair<string, string>("c", "callback")],
            attribution!.Tags.OrderBy(tag => tag.Key, StringComparer.Ordinal));
    }

    [Fact]
    public void Tags_WhenTheCallbackFails_AreThoseBeforeIt()
    {
        _request.SetUsageTags(("a", "request"));

        Attribution? attribution = Read((_, tags) =>
        {
            tags["a"] = "callback";
            throw new InvalidOperationException();
        });

        Assert.Equal([new KeyValuePair<string, string>("a", "request")], attribution!.Tags);
    }

    private Attribution? Read(Action<HttpRequestMessage, IDictionary<string, string>>? enrich = null) =>
        Attribution.ReadAndBeginAttempt(_request, _request.RequestUri!, body: null, enrich, NullLogger.Instance);
}
