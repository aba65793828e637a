using System.Text;

using Microsoft.Extensions.Logging.Abstractions;

using UsageCapture.Delivery;
using UsageCapture.Exchanges;
using UsageCapture.Providers;
using UsageCapture.Recognition;

namespace UsageCapture.Tests.Exchanges;

/// <summary>The transitions of the recorder's table, without a handler and a tee.</summary>
public sealed class ExchangeRecorderTests : IDisposable
{
    private const string JsonError = """{"error":{"code":"overloaded"}}""";

    private readonly InMemoryUsageSink _sink = new();
    private readonly ManualTimeProvider _clock = new();
    private readonly BackgroundWork _work = new();
    private readonly MemoryStream _body = new();
    private int _sinkCreations;
    private int _maxDrains = 5;

    public void Dispose()
    {
        _work.Dispose();
        _body.Dispose();
    }

    [Fact]
    public void Sinks_AreCreatedWhenTheExchangeBegins()
    {
        _ = new ExchangeRecorder(Start(), new ChatCompletionsProvider().CreateReader(), Context());
        Assert.Equal(1, _sinkCreations);

        using HttpResponseMessage response = Answer(200);
        _ = CreateForUnknownApi(response);
        Assert.Equal(2, _sinkCreations);
    }

    [Fact]
    public void RunningCounts_OfAFinishedChoice_AreExactOnlyAtTheEndOfTheBody()
    {
        foreach (bool isRead in new[] { true, false })
        {
            ExchangeRecorder recorder = Receive(200, provider: new AnthropicMessagesProvider());
            recorder.Observe("""
                data: {"type":"message_start","message":{"usage":{"input_tokens":9}}}

                data: {"type":"message_delta","usage":{"output_tokens":4}}

                data: {"type":"message_delta","delta":{"stop_reason":"end_turn"}}


                """u8);
            if (isRead)
            {
                Assert.True(recorder.Complete() is { HasEnded: true, Publishing.IsCompleted: true });
            }

            recorder.Dispose();
        }

        Assert.Equal(
            [(UsageOutcome.Completed, UsageStatus.Exact), (UsageOutcome.Abandoned, UsageStatus.Partial)],
            _sink.Records.Select(record => (record.Outcome, record.Status)));
    }

    [Fact]
    public void HeadersOfTheResponse_AreRead()
    {
        var recorder = new ExchangeRecorder(Start(new BedrockConverseProvider()), new BedrockConverseProvider().CreateReader(), Context());
        using HttpResponseMessage response = Answer(429);
        response.Headers.Add("x-amzn-errortype", "ThrottlingException");
        recorder.ReceiveResponse(response);

        recorder.Complete();

        Assert.Equal("ThrottlingException", Assert.Single(_sink.Records).Error?.Type);
    }

    [Theory]
    [InlineData(200, false, false, false)] // The choice has not finished.
    [InlineData(200, true, false, true)]
    [InlineData(200, true, true, false)] // Nothing is missing.
    [InlineData(500, true, false, true)]
    public void Drain_OfADisposedBody_BeginsWhileUsageOrAnErrorIsExpected(int statusCode, bool isFinished, bool hasUsage, bool expected)
    {
        ExchangeRecorder recorder = Receive(statusCode);
        recorder.Observe(Bytes(Chat.Text + (isFinished ? Chat.Finish : "") + (hasUsage ? Chat.Usage : "")));

        Assert.Equal(expected, recorder.TryDrain(new Pending()));
        _ = recorder.EndDrain(UsageOutcome.Abandoned);
    }

    // The body of an error may be a stream, too. It need not end.
    [Theory]
    [InlineData("text/event-stream", "data: " + JsonError + "\n\n")]
    [InlineData("application/json", JsonError)]
    public void DrainedError_EndsTheExchange(string mediaType, string body)
    {
        ExchangeRecorder recorder = Receive(429, mediaType);
        Assert.True(recorder.TryDrain(new Pending()));
        Assert.False(recorder.ObserveDrained(Bytes(body[..5]), UsageOutcome.Rejected));

        Assert.True(recorder.ObserveDrained(Bytes(body[5..]), UsageOutcome.Rejected));

        Assert.Equal("overloaded", Assert.Single(_sink.Records).Error?.Code);
    }

    [Fact]
    public void Drain_OfAnErrorOverTheLimit_LeavesStreamAndContentToTheCaller()
    {
        _maxDrains = 0;
        ExchangeRecorder recorder = Receive(429);

        Assert.False(recorder.TryDrain(_body));
        Assert.False(recorder.TryDrain(_body));
        recorder.Dispose();

        Assert.Single(_sink.Records);
    }

    [Fact]
    public void Drain_AfterTheDisposalOfTheHandler_LeavesTheBodyToTheCaller()
    {
        ExchangeRecorder recorder = Receive(200);
        recorder.Observe(Bytes(Chat.Text + Chat.Finish));
        _work.Dispose();

        Assert.False(recorder.TryDrain(_body));
        recorder.Dispose();

        Assert.Equal(UsageAnomalies.NotDrained, Assert.Single(_sink.Records).Anomalies & UsageAnomalies.NotDrained);
        Assert.Equal(0, _work.DrainCount);
    }

    [Fact]
    public void UnknownApi_IsDetectedInALaterPiece()
    {
        using HttpResponseMessage response = Answer(200);
        ExchangeRecorder recorder = CreateForUnknownApi(response);

        recorder.Observe(Bytes(Chat.Text[..20]));
        recorder.Observe(Bytes(Chat.Text[20..] + Chat.Finish + Chat.Usage));
        Assert.Empty(_sink.Records);
        ReleaseDecision decision = recorder.Observe(Bytes(Chat.Done));

        Assert.True(decision.HasEnded);
        UsageRecord record = Assert.Single(_sink.Records);
        Assert.Equal(("openai-chat", UsageStatus.Exact, 10), (record.Protocol, record.Status, record.Usage?.TotalTokens));
    }

    [Fact]
    public void UnknownApi_ThatIsNeverDetected_LeavesNoRecord()
    {
        using HttpResponseMessage response = Answer(200);
        ExchangeRecorder recorder = CreateForUnknownApi(response);

        ReleaseDecision decision = recorder.Observe("data: {\"a\":1}\n\n"u8);
        recorder.Complete();

        Assert.Equal((15, false), (decision.ReleasableLength, decision.HasEnded));
        Assert.True(recorder.HasEnded);
        Assert.Empty(_sink.Records);
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static HttpResponseMessage Answer(int statusCode, string mediaType = "text/event-stream") => new((System.Net.HttpStatusCode)statusCode)
    {
        Content = new ByteArrayContent([]) { Headers = { ContentType = new(mediaType) } },
    };

    private ExchangeStart Start(UsageProvider? provider = null) => ExchangeStart.Create(
        new Uri(Chat.Url), _clock, RecognizedApi.Describe(provider ?? new ChatCompletionsProvider(), new Uri(Chat.Url)));

    private ExchangeRecorder Receive(int statusCode, string mediaType = "text/event-stream", UsageProvider? provider = null)
    {
        provider ??= new ChatCompletionsProvider();
        var recorder = new ExchangeRecorder(Start(provider), provider.CreateReader(), Context());
        using HttpResponseMessage response = Answer(statusCode, mediaType);
        recorder.ReceiveResponse(response);
        return recorder;
    }

    private ExchangeRecorder CreateForUnknownApi(HttpResponseMessage response)
    {
        var address = new Uri("https://gateway.example/ask");
        var registry = new ProviderRegistry(new UsageCaptureOptions(), NullLogger.Instance);
        return new ExchangeRecorder(
            ExchangeStart.Create(address, _clock), response, new ResponseApiDetection(response, registry, address), Context());
    }

    private ExchangeContext Context()
    {
        var sinks = new SinkSource(() =>
        {
            _sinkCreations++;
            return [_sink];
        });
        return new ExchangeContext(
            new UsagePublisher(sinks, TimeSpan.FromSeconds(30), _clock, NullLogger.Instance),
            _work,
            new DrainLimits(TimeSpan.FromSeconds(2), 100_000, IncludeUnfinished: false, _maxDrains),
            HidesInjectedUsage: false,
            _clock,
            NullLogger.Instance);
    }

    /// <summary>A body without bytes, whose read never ends.</summary>
    private sealed class Pending : MemoryStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return 0;
        }
    }
}
