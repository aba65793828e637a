using System.Text;

using Anthropic;
using Anthropic.Exceptions;
using Anthropic.Models.Messages;

namespace UsageCapture.Tests.Sdk;

/// <summary>Calls of Anthropic's own client over real sockets, captured by a handler of its options or by the client's <c>HttpClient</c>.</summary>
public sealed class AnthropicTests
{
    private const string Text = "Hello there — ça va? 你好 🙂";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("anthropic-stream-cached", true)]
    [InlineData("anthropic-stream-cached", false)]
    [InlineData("anthropic-stream-cache-by-lifetime", true)]
    [InlineData("anthropic-stream-thinking", true)]
    [InlineData("anthropic-stream-web-search", false)]
    public async Task Streamed_LoopEnds_RecordHasWhatTheClientCounted(string recording, bool inOptions)
    {
        await using ChatServer server = await ChatServer.StartAsync();
        server.ReplyNext(Recordings.Get(recording));
        var sink = new InMemoryUsageSink();
        using var client = Client(sink, server, inOptions);

        var text = new StringBuilder();
        Usage? start = null;
        MessageDeltaUsage? last = null;
        await foreach (RawMessageStreamEvent update in client.Messages.CreateStreaming(Request(), Token))
        {
            text.Append(TextOf(update));
            start = update.TryPickStart(out RawMessageStartEvent? started) ? started.Message.Usage : start;
            last = update.TryPickDelta(out RawMessageDeltaEvent? delta) ? delta.Usage : last;
        }

        UsageRecord record = Assert.Single(sink.Records);
        AssertExact(record);
        Assert.True(record.Streaming);
        Assert.Equal(last!.InputTokens, record.Usage?.UncachedInputTokens);
        Assert.Equal(last.CacheReadInputTokens, record.Usage?.CachedInputTokens);
        Assert.Equal(last.CacheCreationInputTokens, record.Usage?.CacheWriteTokens);
        Assert.Equal(last.OutputTokens, record.Usage?.OutputTokens);
        Assert.Equal(last.OutputTokensDetails?.ThinkingTokens, record.Usage?.ReasoningTokens);
        Assert.Equal(last.ServerToolUse?.WebSearchRequests + last.ServerToolUse?.WebFetchRequests, record.Usage?.ServerToolRequests);
        Assert.Equal(start!.CacheCreation?.Ephemeral5mInputTokens, record.Usage?.CacheWrite5mTokens);
        Assert.Equal(start.CacheCreation?.Ephemeral1hInputTokens, record.Usage?.CacheWrite1hTokens);
        Assert.Equal(start.ServiceTier?.Raw(), record.ServiceTier);
        Assert.Equal(Text, text.ToString());
    }

    [Theory]
    [InlineData("anthropic-json", true)]
    [InlineData("anthropic-json-cached", true)]
    [InlineData("anthropic-json-cached", false)]
    public async Task Unstreamed_RecordHasWhatTheClientCounted(string recording, bool inOptions)
    {
        await using ChatServer server = await ChatServer.StartAsync();
        server.ReplyNext(Recordings.Get(recording));
        var sink = new InMemoryUsageSink();
        using var client = Client(sink, server, inOptions);

        Message message = await client.Messages.Create(Request(), Token);

        UsageRecord record = Assert.Single(sink.Records);
        AssertExact(record);
        Assert.False(record.Streaming);
        Assert.Equal(message.Usage.InputTokens, record.Usage?.UncachedInputTokens);
        Assert.Equal(message.Usage.CacheReadInputTokens, record.Usage?.CachedInputTokens);
        Assert.Equal(message.Usage.CacheCreationInputTokens, record.Usage?.CacheWriteTokens);
        Assert.Equal(message.Usage.OutputTokens, record.Usage?.OutputTokens);
        Assert.Equal(message.Usage.OutputTokensDetails?.ThinkingTokens, record.Usage?.ReasoningTokens);
        Assert.Equal(message.StopReason?.Raw(), Assert.Single(record.FinishReasons));
        Assert.Equal("Hello", Assert.IsType<TextBlock>(Assert.Single(message.Content).Value).Text);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Streamed_ServerFailsMidway_ClientAndRecordBothSaySo(bool inOptions)
    {
        await using ChatServer server = await ChatServer.StartAsync();
        server.ReplyNext(Recordings.Get("anthropic-stream-error"));
        var sink = new InMemoryUsageSink();
        using var client = Client(sink, server, inOptions);

        var text = new StringBuilder();
        await Assert.ThrowsAnyAsync<AnthropicException>(async () =>
        {
            await foreach (RawMessageStreamEvent update in client.Messages.CreateStreaming(Request(), Token))
            {
                text.Append(TextOf(update));
            }
        });

        UsageRecord record = Assert.Single(sink.Records);
        Assert.Equal(UsageOutcome.ServerError, record.Outcome);
        Assert.Equal(UsageStatus.Partial, record.Status);
        Assert.Equal("overloaded_error", record.Error?.Type);
        Assert.Equal(46, record.Usage?.InputTokens);
        Assert.True(record.NeedsReview);
        Assert.Equal(Text, text.ToString());
    }

    [Fact]
    public async Task Streamed_CallerStopsAtTheFirstEvent_InputIsRecordedAsPartial()
    {
        await using ChatServer server = await ChatServer.StartAsync();
        server.ReplyNext(Recordings.Get("anthropic-stream-cached"));
        server.AfterFirstEvent = new TaskCompletionSource().Task;
        var sink = new InMemoryUsageSink();
        using var client = Client(sink, server, inOptions: true);

        await foreach (RawMessageStreamEvent _ in client.Messages.CreateStreaming(Request(), Token))
        {
            break;
        }

        UsageRecord record = Assert.Single(sink.Records);
        Assert.Equal(UsageOutcome.Abandoned, record.Outcome);
        Assert.Equal(UsageStatus.Partial, record.Status);
        Assert.Equal(4620, record.Usage?.InputTokens);
        Assert.True(record.NeedsReview);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Overloaded_ClientTriesAgain_EachAttemptIsARecord(bool inOptions)
    {
        await using ChatServer server = await ChatServer.StartAsync();
        server.ReplyNext(Recordings.Get("anthropic-rejected-overloaded"));
        server.ReplyNext(Recordings.Get("anthropic-json"));
        var sink = new InMemoryUsageSink();
        using var client = Client(sink, server, inOptions);

        Message message = await client.Messages.Create(Request(), Token);

        Assert.Equal(2, server.Requests.Count);
        Assert.Equal([UsageOutcome.Rejected, UsageOutcome.Completed], sink.Records.Select(record => record.Outcome));
        Assert.Equal([529, 200], sink.Records.Select(record => record.StatusCode));
        Assert.Equal([1, 2], sink.Records.Select(record => record.Attempt));
        Assert.Equal("overloaded_error", sink.Records[0].Error?.Type); // The client drops a rejection unread when it will try again.
        Assert.False(sink.Records[0].NeedsReview);
        Assert.Equal(message.Usage.OutputTokens, sink.Records[1].Usage?.OutputTokens);
    }

    [Fact]
    public async Task Request_IsSentAsTheClientMadeIt()
    {
        await using ChatServer server = await ChatServer.StartAsync();
        server.ReplyNext(Recordings.Get("anthropic-stream-cached"));
        server.ReplyNext(Recordings.Get("anthropic-stream-cached"));
        using var captured = Client(new InMemoryUsageSink(), server, inOptions: true);
        using var bare = new AnthropicClient { ApiKey = "key", BaseUrl = server.At("").ToString() };

        foreach (AnthropicClient client in (AnthropicClient[])[captured, bare])
        {
            await foreach (RawMessageStreamEvent _ in client.Messages.CreateStreaming(Request(), Token))
            {
            }
        }

        Assert.Equal(server.Requests[1].Body, server.Requests[0].Body);
        Assert.Equal(server.Requests[1].Headers.Keys, server.Requests[0].Headers.Keys);
        Assert.Equal("/v1/messages", server.Requests[0].Target);
    }

    private static AnthropicClient Client(IUsageSink sink, ChatServer server, bool inOptions) => inOptions
        ? new AnthropicClient { ApiKey = "key", BaseUrl = server.At("").ToString(), Handlers = [new UsageCaptureHandler(sink)] }
        : new AnthropicClient { ApiKey = "key", BaseUrl = server.At("").ToString(), HttpClient = TestSupport.Client.Captured(sink) };

    private static MessageCreateParams Request() => new()
    {
        Model = "claude-sonnet-4-5",
        MaxTokens = 1024,
        Messages = [new UserMessageParam { Content = "Wie grüßt man?" }],
    };

    private static string TextOf(RawMessageStreamEvent update) =>
        update.TryPickContentBlockDelta(out RawContentBlockDeltaEvent? block) && block.Delta.TryPickText(out TextDelta? delta) ? delta.Text : "";

    private static void AssertExact(UsageRecord record)
    {
        Assert.Equal(UsageStatus.Exact, record.Status);
        Assert.Equal(UsageOutcome.Completed, record.Outcome);
        Assert.False(record.NeedsReview);
        Assert.Equal("anthropic-messages", record.Protocol);
        Assert.Equal("anthropic", record.Provider);
        Assert.Equal("claude-sonnet-4-5", record.RequestModel);
        Assert.Equal("claude-sonnet-4-5-20250929", record.ResponseModel);
        Assert.Equal("msg_01Hk", record.ResponseId);
    }
}
