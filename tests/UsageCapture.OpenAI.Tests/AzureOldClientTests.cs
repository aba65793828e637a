using System.Text;

using Azure;
using Azure.AI.OpenAI;
using Azure.Core.Pipeline;

namespace UsageCapture.OpenAI.Tests;

/// <summary>
/// Azure's client from before OpenAI's own. It knows no stream_options, and the newest version that it speaks, 2023-07-01-preview,
/// refuses them: its streams have no usage, and must work all the same.
/// </summary>
public sealed class AzureOldClientTests
{
    private const string ApiVersion = "2023-07-01-preview";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task StreamedAsync_VersionRefusesTheOption_StreamWorksAndUsageIsMissing(string httpVersion)
    {
        await using ChatServer server = await ChatServer.StartAsync();
        var sink = new InMemoryUsageSink();
        using HttpClient http = Client.Captured(sink, httpVersion);
        using HttpClient bare = Client.Bare(httpVersion);

        await StreamAsync(bare, server.At("", httpVersion));
        string text = await StreamAsync(http, server.At("", httpVersion));

        Assert.Equal(ChatAnswer.Text, text);
        Assert.Equal(server.Requests[0].Body, server.Requests[1].Body);
        UsageRecord record = Assert.Single(await sink.WaitForAsync(1, Token));
        Assert.Equal(UsageStatus.Missing, record.Status);
        Assert.Equal(UsageOutcome.Completed, record.Outcome);
        Assert.Equal(UsageRequestState.NotAsked, record.UsageRequest);
        Assert.True(record.NeedsReview);
        Assert.True(record.Streaming);
        Assert.Equal(["stop"], record.FinishReasons);
        AssertDated(record);
    }

    [Fact]
    public async Task UnstreamedAsync_CallReturns_RecordIsThere()
    {
        await using ChatServer server = await ChatServer.StartAsync();
        var sink = new InMemoryUsageSink();
        using HttpClient http = Client.Captured(sink);

        ChatCompletions completions = await Create(http, server.At("")).GetChatCompletionsAsync("mini", Request(), Token);

        UsageRecord record = ExactRecord.Single(sink);
        AssertUnstreamed(record, completions);
    }

    [Fact]
    public async Task UnstreamedSync_CallReturns_RecordIsThere()
    {
        await using ChatServer server = await ChatServer.StartAsync();
        var sink = new InMemoryUsageSink();
        using HttpClient http = Client.Captured(sink);

        ChatCompletions completions = Create(http, server.At("")).GetChatCompletions("mini", Request(), Token);

        UsageRecord record = ExactRecord.Single(sink);
        AssertUnstreamed(record, completions);
    }

    private static OpenAIClient Create(HttpClient http, Uri endpoint) => new(endpoint, new AzureKeyCredential("key"), new OpenAIClientOptions
    {
        Retry = { MaxRetries = 0 },
        Transport = new HttpClientTransport(http),
    });

    private static ChatCompletionsOptions Request() => new([new ChatMessage(ChatRole.User, "Hi")]);

    private static async Task<string> StreamAsync(HttpClient http, Uri endpoint)
    {
        var text = new StringBuilder();
        using StreamingChatCompletions completions =
            await Create(http, endpoint).GetChatCompletionsStreamingAsync("mini", Request(), Token);
        await foreach (StreamingChatChoice choice in completions.GetChoicesStreaming(Token))
        {
            await foreach (ChatMessage message in choice.GetMessageStreaming(Token))
            {
                text.Append(message.Content);
            }
        }

        return text.ToString();
    }

    private static void AssertUnstreamed(UsageRecord record, ChatCompletions completions)
    {
        Assert.Equal(ChatAnswer.Text, Assert.Single(completions.Choices).Message.Content);
        Assert.Equal(completions.Usage.PromptTokens, record.Usage?.InputTokens);
        Assert.Equal(completions.Usage.CompletionTokens, record.Usage?.OutputTokens);
        Assert.Equal(completions.Usage.TotalTokens, record.Usage?.TotalTokens);
        Assert.False(record.Streaming);
        Assert.Null(record.UsageRequest);
        AssertDated(record);
    }

    private static void AssertDated(UsageRecord record)
    {
        Assert.Equal("azure.ai.openai", record.Provider);
        Assert.Equal("mini", record.Deployment);
        Assert.Equal(ApiVersion, record.ApiVersion);
    }
}
