using System.ClientModel.Primitives;

using OpenAI;
using OpenAI.Chat;

namespace UsageCapture.OpenAI.Tests;

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
        ChatClient chat = SdkClient.Chat(Options(server).UseUsageCapture(sink));

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

    // The SDK drops the body of a rejected stream without reading it.
    [Theory]
    [InlineData(429)]
    [InlineData(500)]
    public async Task Stream_FirstAttemptIsRefused_EachAttemptIsARecord(int status)
    {
        await using ChatServer server = await ChatServer.StartAsync();
        server.ReplyNext(ChatReply.Error(status, "requests", "rate_limit_exceeded"));
        var sink = new InMemoryUsageSink();
        ChatClient chat = SdkClient.Chat(Options(server).UseUsageCapture(sink));

        await foreach (StreamingChatCompletionUpdate _ in chat.CompleteChatStreamingAsync(Messages, cancellationToken: Token))
        {
        }

        Assert.Collection(
            (await sink.WaitForAsync(2, Token)).OrderBy(record => record.Attempt),
            refused =>
            {
                AssertRejected(refused, status);
                Assert.Equal(new UsageError { Code = "rate_limit_exceeded", Type = "requests" }, refused.Error);
            },
            ExactRecord.IsWhole);
    }

    // The SDK makes a request of HTTP for each attempt; the plug knows which of them are one call.
    [Fact]
    public async Task Calls_WithRetries_AreOperationsOfTheirOwn()
    {
        await using ChatServer server = await ChatServer.StartAsync();
        server.ReplyNext(ChatReply.Error(429, "requests", "rate_limit_exceeded"));
        var sink = new InMemoryUsageSink();
        ChatClient chat = SdkClient.Chat(Options(server).UseUsageCapture(sink));

        await chat.CompleteChatAsync(Messages, cancellationToken: Token);
        await chat.CompleteChatAsync(Messages, cancellationToken: Token);

        Assert.Equal([1, 2, 1], sink.Records.Select(record => record.Attempt));
        Assert.Equal(sink.Records[0].CallId, sink.Records[1].CallId);
        Assert.NotEqual(sink.Records[0].CallId, sink.Records[2].CallId);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Call_WithARetryInAScope_IsOneOperation(bool isPlugged)
    {
        await using ChatServer server = await ChatServer.StartAsync();
        server.ReplyNext(ChatReply.Error(429, "requests", "rate_limit_exceeded"));
        var sink = new InMemoryUsageSink();
        OpenAIClientOptions options = Options(server);
        options = isPlugged ? options.UseUsageCapture(sink) : WithTransport(options, Client.Captured(sink));
        ChatClient chat = SdkClient.Chat(options);

        using var scope = UsageScope.Begin(("tenant", "acme"));
        await foreach (StreamingChatCompletionUpdate _ in chat.CompleteChatStreamingAsync(Messages, cancellationToken: Token))
        {
        }

        Assert.All(sink.Records, record => Assert.Equal(scope.CallId, record.CallId));
        Assert.All(sink.Records, record => Assert.Equal("acme", record.Tags["tenant"]));
        Assert.Equal(2, scope.ExchangeCount);
        Assert.Equal(ChatAnswer.Usage, scope.Total);

        // Without the plug nobody can tell that the second request is a retry of the first.
        Assert.Equal(isPlugged ? [1, 2] : [1, 1], sink.Records.Select(record => record.Attempt));
    }

    private static OpenAIClientOptions WithTransport(OpenAIClientOptions options, HttpClient http)
    {
        options.Transport = new HttpClientPipelineTransport(http);
        return options;
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
