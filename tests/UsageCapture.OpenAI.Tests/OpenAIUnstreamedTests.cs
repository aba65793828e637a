using OpenAI.Chat;

namespace UsageCapture.OpenAI.Tests;

/// <summary>Calls of OpenAI's own client that are answered at once.</summary>
public sealed class OpenAIUnstreamedTests
{
    private static readonly ChatMessage[] Messages = [new UserChatMessage("Wie grüßt man?")];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task UnstreamedAsync_CallReturns_RecordIsThere(string httpVersion)
    {
        await using ChatServer server = await ChatServer.StartAsync();
        var sink = new InMemoryUsageSink();
        using HttpClient http = Client.Captured(sink, httpVersion);
        ChatClient chat = SdkClient.Chat(http, server.At("v1", httpVersion));

        ChatCompletion completion = await chat.CompleteChatAsync(Messages, cancellationToken: Token);

        AssertUnstreamed(ExactRecord.Single(sink), completion);
    }

    // Over HTTP/1.1 only: .NET sends nothing synchronously over HTTP/2.
    [Fact]
    public async Task UnstreamedSync_CallReturns_RecordIsThere()
    {
        await using ChatServer server = await ChatServer.StartAsync();
        var sink = new InMemoryUsageSink();
        using HttpClient http = Client.Captured(sink);
        ChatClient chat = SdkClient.Chat(http, server.At("v1"));

        ChatCompletion completion = chat.CompleteChat(Messages, cancellationToken: Token);

        AssertUnstreamed(ExactRecord.Single(sink), completion);
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task UnstreamedAsync_WithAndWithoutCapture_ServerReceivesTheSame(string httpVersion)
    {
        await using ChatServer server = await ChatServer.StartAsync();
        using HttpClient captured = Client.Captured(new InMemoryUsageSink(), httpVersion);
        using HttpClient bare = Client.Bare(httpVersion);
        var options = new ChatCompletionOptions { MaxOutputTokenCount = 500, Tools = { ChatTool.CreateFunctionTool(ChatAnswer.ToolName) } };

        await SdkClient.Chat(bare, server.At("v1", httpVersion)).CompleteChatAsync(Messages, options, Token);
        await SdkClient.Chat(captured, server.At("v1", httpVersion)).CompleteChatAsync(Messages, options, Token);

        Assert.Equal(2, server.Requests.Count);
        Assert.Equal(server.Requests[0].Target, server.Requests[1].Target);
        Assert.Equal(server.Requests[0].Headers, server.Requests[1].Headers);
        Assert.Equal(server.Requests[0].Body, server.Requests[1].Body);
        Assert.False(server.Requests[1].Json.TryGetProperty("stream_options", out _));
    }

    private static void AssertUnstreamed(UsageRecord record, ChatCompletion completion)
    {
        Assert.Equal(ChatAnswer.Text, Assert.Single(completion.Content).Text);
        Assert.False(record.Streaming);
        Assert.Equal("openai", record.Provider);
        Assert.Equal("gpt-5-mini", record.RequestModel);
        Assert.Equal(["stop"], record.FinishReasons);
        Assert.Null(record.UsageRequest);
        SdkUsage.IsThatOf(record, completion.Usage);
    }
}
