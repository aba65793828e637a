using System.ClientModel;
using System.ClientModel.Primitives;
using System.Text;

using OpenAI.Chat;

namespace UsageCapture.OpenAI.Tests;

/// <summary>Streamed calls of OpenAI's own client. It asks for usage itself, stops reading at <c>[DONE]</c> and disposes.</summary>
public sealed class OpenAIStreamedTests
{
    private static readonly ChatMessage[] Messages = [new UserChatMessage("Wie grüßt man?")];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task StreamedAsync_LoopEnds_RecordIsThere(string httpVersion)
    {
        await using ChatServer server = await ChatServer.StartAsync();
        var sink = new InMemoryUsageSink();
        using HttpClient http = Client.Captured(sink, httpVersion);
        ChatClient chat = SdkClient.Chat(http, server.At("v1", httpVersion));

        var text = new StringBuilder();
        ChatTokenUsage? usage = null;
        await foreach (StreamingChatCompletionUpdate update in chat.CompleteChatStreamingAsync(Messages, cancellationToken: Token))
        {
            text.Append(TextOf(update));
            usage = update.Usage ?? usage;
        }

        UsageRecord record = ExactRecord.Single(sink);
        AssertStreamed(record, usage);
        Assert.Equal(ChatAnswer.Text, text.ToString());
        Assert.Equal(httpVersion == "1.1" ? "HTTP/1.1" : "HTTP/2", Assert.Single(server.Requests).Protocol);
    }

    // Over HTTP/1.1 only: .NET sends nothing synchronously over HTTP/2.
    [Fact]
    public async Task StreamedSync_LoopEnds_RecordIsThere()
    {
        await using ChatServer server = await ChatServer.StartAsync();
        var sink = new InMemoryUsageSink();
        using HttpClient http = Client.Captured(sink);
        ChatClient chat = SdkClient.Chat(http, server.At("v1"));

        var text = new StringBuilder();
        ChatTokenUsage? usage = null;
        foreach (StreamingChatCompletionUpdate update in chat.CompleteChatStreaming(Messages, cancellationToken: Token))
        {
            text.Append(TextOf(update));
            usage = update.Usage ?? usage;
        }

        AssertStreamed(ExactRecord.Single(sink), usage);
        Assert.Equal(ChatAnswer.Text, text.ToString());
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task StreamedAsync_ServerHoldsTheRestBack_FirstEventIsHandedOver(string httpVersion)
    {
        await using ChatServer server = await ChatServer.StartAsync();
        var rest = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        server.AfterFirstEvent = rest.Task;
        var sink = new InMemoryUsageSink();
        using HttpClient http = Client.Captured(sink, httpVersion);
        ChatClient chat = SdkClient.Chat(http, server.At("v1", httpVersion));

        int updates = 0;
        await foreach (StreamingChatCompletionUpdate _ in chat.CompleteChatStreamingAsync(Messages, cancellationToken: Token))
        {
            if (updates++ == 0)
            {
                Assert.Empty(sink.Records);
                rest.SetResult();
            }
        }

        Assert.True(ExactRecord.Single(sink).TimeToFirstChunk < sink.Records[0].Duration);
    }

    [Fact]
    public async Task StreamedSync_ServerHoldsTheRestBack_FirstEventIsHandedOver()
    {
        await using ChatServer server = await ChatServer.StartAsync();
        var rest = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        server.AfterFirstEvent = rest.Task;
        var sink = new InMemoryUsageSink();
        using HttpClient http = Client.Captured(sink);
        ChatClient chat = SdkClient.Chat(http, server.At("v1"));

        foreach (StreamingChatCompletionUpdate _ in chat.CompleteChatStreaming(Messages, cancellationToken: Token))
        {
            rest.TrySetResult();
        }

        ExactRecord.Single(sink);
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task StreamedAsync_CallerStopsAtTheFirstEvent_IsAbandoned(string httpVersion)
    {
        await using ChatServer server = await ChatServer.StartAsync();
        server.AfterFirstEvent = new TaskCompletionSource().Task;
        var sink = new InMemoryUsageSink();
        using HttpClient http = Client.Captured(sink, httpVersion);
        ChatClient chat = SdkClient.Chat(http, server.At("v1", httpVersion));

        await foreach (StreamingChatCompletionUpdate _ in chat.CompleteChatStreamingAsync(Messages, cancellationToken: Token))
        {
            break;
        }

        UsageRecord record = Assert.Single(sink.Records);
        Assert.Equal(UsageOutcome.Abandoned, record.Outcome);
        Assert.Equal(UsageStatus.Missing, record.Status);
        Assert.True(record.NeedsReview);
        Assert.Equal(ChatAnswer.Id, record.ResponseId);
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task StreamedAsync_ModelCallsATool_RecordSaysSo(string httpVersion)
    {
        await using ChatServer server = await ChatServer.StartAsync();
        var sink = new InMemoryUsageSink();
        using HttpClient http = Client.Captured(sink, httpVersion);
        ChatClient chat = SdkClient.Chat(http, server.At("v1", httpVersion));
        var options = new ChatCompletionOptions { Tools = { ChatTool.CreateFunctionTool(ChatAnswer.ToolName) } };

        var arguments = new StringBuilder();
        await foreach (StreamingChatCompletionUpdate update in chat.CompleteChatStreamingAsync(Messages, options, Token))
        {
            foreach (StreamingChatToolCallUpdate call in update.ToolCallUpdates)
            {
                arguments.Append(call.FunctionArgumentsUpdate);
            }
        }

        Assert.Equal(["tool_calls"], ExactRecord.Single(sink).FinishReasons);
        Assert.Equal(ChatAnswer.Arguments, arguments.ToString());
    }

    // The client's convenience methods know one choice only; its protocol methods send and give back what they are given.
    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task StreamedAsync_SeveralChoices_FinishReasonOfEachIsRecorded(string httpVersion)
    {
        await using ChatServer server = await ChatServer.StartAsync();
        var sink = new InMemoryUsageSink();
        using HttpClient http = Client.Captured(sink, httpVersion);
        ChatClient chat = SdkClient.Chat(http, server.At("v1", httpVersion));
        using var content = BinaryContent.Create(BinaryData.FromString(
            """{"model":"gpt-5-mini","n":3,"stream":true,"messages":[{"role":"user","content":"Hi"}]}"""));

        ClientResult result = await chat.CompleteChatAsync(
            content, new RequestOptions { BufferResponse = false, CancellationToken = Token });
        using PipelineResponse response = result.GetRawResponse();
        using var body = new MemoryStream();
        await response.ContentStream!.CopyToAsync(body, Token);

        UsageRecord record = ExactRecord.Single(sink);
        Assert.Equal(["stop", "stop", "stop"], record.FinishReasons);
        Assert.Equal(UsageRequestState.AskedByHandler, record.UsageRequest);
        Assert.Equal(Assert.Single(server.Requests).ResponseBody, body.ToArray());
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task StreamedAsync_WithAndWithoutCapture_ServerReceivesTheSame(string httpVersion)
    {
        await using ChatServer server = await ChatServer.StartAsync();
        var sink = new InMemoryUsageSink();
        using HttpClient captured = Client.Captured(sink, httpVersion);
        using HttpClient bare = Client.Bare(httpVersion);
        var options = new ChatCompletionOptions { MaxOutputTokenCount = 500, EndUserId = "u-1" };

        foreach (HttpClient http in new[] { bare, captured })
        {
            ChatClient chat = SdkClient.Chat(http, server.At("v1", httpVersion));
            await foreach (StreamingChatCompletionUpdate _ in chat.CompleteChatStreamingAsync(Messages, options, Token))
            {
            }
        }

        Assert.Collection(
            server.Requests,
            _ => { },
            request =>
            {
                Assert.Equal(server.Requests[0].Target, request.Target);
                Assert.Equal(server.Requests[0].Headers, request.Headers);
                Assert.Equal(server.Requests[0].Body, request.Body);
                Assert.Equal(request.Body.Length.ToString(), request.Headers["Content-Length"]);
                Assert.Equal(500, request.Json.GetProperty("max_completion_tokens").GetInt32());
                Assert.False(request.Json.TryGetProperty("max_tokens", out _));
            });
        ExactRecord.Single(sink);
    }

    private static string TextOf(StreamingChatCompletionUpdate update) => string.Concat(update.ContentUpdate.Select(part => part.Text));

    private static void AssertStreamed(UsageRecord record, ChatTokenUsage? reported)
    {
        Assert.True(record.Streaming);
        Assert.Equal("openai", record.Provider);
        Assert.Equal("gpt-5-mini", record.RequestModel);
        Assert.Equal(["stop"], record.FinishReasons);
        Assert.Equal(UsageRequestState.AskedByCaller, record.UsageRequest);
        Assert.Null(record.Deployment);
        Assert.Null(record.ApiVersion);
        SdkUsage.IsThatOf(record, reported);
    }
}
