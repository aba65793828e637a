using OpenAI;
using OpenAI.Chat;

namespace UsageCapture.Tests.Sdk;

/// <summary>Retries of the SDK pass the capture one by one: every attempt is a record.</summary>
public sealed class PlugRetryTests
{
    private static readonly ChatMessage[] Messages = [new UserChatMessage("Hi")];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(429, "requests", "rate_limit_exceeded")]
    [InlineData(500, "server_error", "internal_error")]
    public async Task Call_FirstAttemptIsRefused_EachAttemptIsARecord(int status, string type, string code)
    {
        await using ChatServer server = await ChatServer.StartAsync();
        server.ReplyNext(ChatReply.Error(status, type, code));
        var sink = new InMemoryUsageSink();
        ChatClient chat = Client.OpenAI(Options(server).UseUsageCapture(sink));

        ChatCompletion completion = await chat.CompleteChatAsync(Messages, cancellationToken: Token);

        SdkUsage.IsThatOf(sink.Records[^1], completion.Usage);
        Assert.Collection(
            sink.Records,
            refused =>
            {
                AssertRejected(refused, status);
                Assert.Equal(new UsageError { Code = code, Type = type }, refused.Error);
            },
            ExactRecord.IsWhole);
        Assert.Equal(server.Requests[0].Body, server.Requests[1].Body);
    }

    // The SDK drops the body of a refused stream without reading it, so nobody learns what the error called itself.
    [Theory]
    [InlineData(429)]
    [InlineData(500)]
    public async Task Stream_FirstAttemptIsRefused_EachAttemptIsARecord(int status)
    {
        await using ChatServer server = await ChatServer.StartAsync();
        server.ReplyNext(ChatReply.Error(status, "requests", "rate_limit_exceeded"));
        var sink = new InMemoryUsageSink();
        ChatClient chat = Client.OpenAI(Options(server).UseUsageCapture(sink));

        await foreach (StreamingChatCompletionUpdate _ in chat.CompleteChatStreamingAsync(Messages, cancellationToken: Token))
        {
        }

        Assert.Collection(
            sink.Records,
            refused => AssertRejected(refused, status),
            ExactRecord.IsWhole);
    }

    private static OpenAIClientOptions Options(ChatServer server) => new()
    {
        Endpoint = server.At("v1"),
        RetryPolicy = new ImmediateRetryPolicy(maxRetries: 1),
    };

    private static void AssertRejected(UsageRecord record, int status)
    {
        Assert.Equal(UsageOutcome.Rejected, record.Outcome);
        Assert.Equal(UsageStatus.Missing, record.Status);
        Assert.Equal(status, record.StatusCode);
        Assert.False(record.NeedsReview);
    }
}
