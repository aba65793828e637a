using System.Diagnostics;

using UsageCapture.Delivery;
using UsageCapture.Exchanges;
using UsageCapture.Providers;
using UsageCapture.Recognition;

namespace UsageCapture.Tests.Exchanges;

/// <summary>Where the facts of a record come from, when there are several sources or none.</summary>
public sealed class UsageRecordFactoryTests
{
    private readonly ManualTimeProvider _clock = new();
    private readonly UsageReport _report = new(new ChatCompletionsProvider().CreateReader());
    private UsageProvider _provider = new ChatCompletionsProvider();
    private Uri _address = new(Chat.Url);

    [Fact]
    public void Span_OfTheRequest_IsInTheRecord()
    {
        using Activity span = new Activity("call").SetIdFormat(ActivityIdFormat.W3C).Start();

        UsageRecord record = Create(start => start);

        Assert.Equal((span.TraceId.ToHexString(), span.SpanId.ToHexString()), (record.TraceId, record.SpanId));
    }

    [Theory]
    [InlineData(128)]
    [InlineData(129)]
    public void Error_WithLongTexts_HasTheirFirst128Characters(int length)
    {
        string text = new('x', length);
        _report.RecordError(new UsageError { Code = text + 'c', Type = text + 't', Parameter = text + 'p' });

        UsageError? error = Create(start => start).Error;

        Assert.Equal(new UsageError { Code = text[..128], Type = text[..128], Parameter = text[..128] }, error);
    }

    [Theory]
    [InlineData(200, true, false, true)]
    [InlineData(200, false, true, false)]
    [InlineData(200, null, true, true)]
    [InlineData(200, null, false, false)]
    [InlineData(400, true, false, false)] // The body of an error tells nothing.
    [InlineData(400, false, true, true)]
    [InlineData(null, null, true, true)]
    public void Streaming_IsTheFormOfTheBodyOrElseOfTheRequest(int? statusCode, bool? bodyIsStream, bool asksForStream, bool expected) =>
        Assert.Equal(expected, Create(start => start with { AsksForStream = asksForStream }, statusCode, bodyIsStream).Streaming);

    [Theory]
    [InlineData(200, true, true, 400)]
    [InlineData(200, true, false, null)] // The caller has read no byte.
    [InlineData(200, false, true, null)]
    [InlineData(400, true, true, null)]
    public void TimeToFirstChunk_IsThatOfASuccessfulStream(int statusCode, bool isStream, bool wasRead, int? milliseconds)
    {
        var start = ExchangeStart.Create(_address, _clock) with { AsksForStream = isStream };
        _clock.Advance(TimeSpan.FromMilliseconds(400));
        long firstByte = wasRead ? _clock.GetTimestamp() : 0;
        _clock.Advance(TimeSpan.FromMilliseconds(600));

        UsageRecord record = Create(_ => start, statusCode, isStream, firstByte);

        Assert.Equal(TimeSpan.FromSeconds(1), record.Duration);
        Assert.Equal(milliseconds, record.TimeToFirstChunk?.TotalMilliseconds);
    }

    [Fact]
    public void CallId_IsThatOfTheScopeOrElseOfTheCallOrElseOfTheExchange()
    {
        using var scope = UsageScope.Begin();
        var call = new CallAttempts(Guid.CreateVersion7(DateTimeOffset.UnixEpoch), attemptCount: 0);
        var attribution = new Attribution(call, 3, TagSet.Empty, scope, CallerToken: default);

        UsageRecord ofScope = Create(start => start with { Attribution = attribution });
        UsageRecord ofCall = Create(start => start with { Attribution = attribution with { Scope = null } });
        UsageRecord alone = Create(start => start);

        Assert.Equal((scope.CallId, 3), (ofScope.CallId, ofScope.Attempt));
        Assert.Equal((call.Id, 3), (ofCall.CallId, ofCall.Attempt));
        Assert.Equal((alone.Id, 1), (alone.CallId, alone.Attempt));
    }

    [Fact]
    public void Model_IsThatOfTheBodyOrElseOfTheAddress_AndTellsTheRegion()
    {
        _provider = new BedrockConverseProvider();
        _address = new Uri("https://bedrock-runtime.eu-west-1.amazonaws.com/model/us.amazon.nova-lite-v1:0/converse");

        UsageRecord ofAddress = Create(start => start);
        UsageRecord ofBody = Create(start => start with { RequestModel = "jp.x" });
        _report.RecordRegion("\"eu-north-1\""u8);
        UsageRecord ofResponse = Create(start => start);

        Assert.Equal(("us.amazon.nova-lite-v1:0", "us"), (ofAddress.RequestModel, ofAddress.Region));
        Assert.Equal(("jp.x", "jp"), (ofBody.RequestModel, ofBody.Region));
        Assert.Equal("eu-north-1", ofResponse.Region);
    }

    [Theory]
    [InlineData(null, 2, false, 2)]
    [InlineData(1, 2, false, 1)] // The provider's own cost comes first.
    [InlineData(null, 2, true, null)] // It is the cost of the call that filled the cache.
    [InlineData(null, null, false, null)]
    public void Cost_IsThatOfTheBodyOrElseOfTheHeader(int? ofBody, int? ofHeader, bool isCacheHit, int? expected)
    {
        _report.RecordUsage(new TokenUsage { InputTokens = 7, ReportedCost = ofBody }, [], UsageStage.Final);
        var response = new ResponseStart(200, null) { ReportedCost = ofHeader, IsGatewayCacheHit = isCacheHit };

        Assert.Equal((decimal?)expected, Create(start => start, response: response).Usage?.ReportedCost);
    }

    [Theory]
    [InlineData(true, true, true, UsageRequestState.NotAsked)]
    [InlineData(false, true, true, null)]
    [InlineData(true, false, true, null)]
    [InlineData(true, null, true, null)]
    [InlineData(true, true, false, null)] // The API has no option that asks for usage.
    public void UsageRequest_OfAnUnreadableBody_IsNotAskedWhenAStreamCame(bool isUnknown, bool? isStream, bool hasOption, UsageRequestState? expected)
    {
        _provider = hasOption ? new ChatCompletionsProvider() : new EmbeddingsProvider();

        Assert.Equal(expected, Create(start => start with { RequestBodyIsUnknown = isUnknown }, bodyIsStream: isStream).UsageRequest);
        Assert.Equal(
            UsageRequestState.AskedByCaller,
            Create(start => start with { RequestBodyIsUnknown = isUnknown, UsageRequest = UsageRequestState.AskedByCaller }, bodyIsStream: isStream).UsageRequest);
    }

    [Theory]
    [InlineData(UsageOutcome.Rejected, UsageAnomalies.None)]
    [InlineData(UsageOutcome.ServerError, UsageAnomalies.OversizedEvent)]
    [InlineData(UsageOutcome.Completed, UsageAnomalies.OversizedEvent)]
    public void Anomalies_OfARejectedResponse_AreNone(UsageOutcome outcome, UsageAnomalies expected)
    {
        _report.AddAnomalies(UsageAnomalies.OversizedEvent);

        Assert.Equal(expected, Create(start => start, outcome: outcome).Anomalies);
    }

    private UsageRecord Create(
        Func<ExchangeStart, ExchangeStart> change,
        int? statusCode = 200,
        bool? bodyIsStream = null,
        long firstByteTimestamp = 0,
        ResponseStart? response = null,
        UsageOutcome outcome = UsageOutcome.Completed) => UsageRecordFactory.Create(
            change(ExchangeStart.Create(_address, _clock)),
            RecognizedApi.Describe(_provider, _address),
            "provider",
            response ?? new ResponseStart(statusCode, null),
            _report,
            new ExchangeVerdict(outcome, UsageStatus.Missing, NeedsReview: false),
            bodyIsStream,
            firstByteTimestamp,
            _clock);
}
