using OpenAI;
using OpenAI.Chat;

using UsageCapture.Testing;

namespace UsageCapture.OpenAI.Tests;

/// <summary>A caller of the SDK that cancels between two updates: the SDK disposes the response without another read.</summary>
public sealed class PlugCancellationTests
{
    private static readonly ChatMessage[] Messages = [new UserChatMessage("Hi")];

    private readonly InMemoryUsageSink _sink = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public async Task Stream_CanceledBetweenTwoUpdates_IsCanceled(bool afterRetry, bool synchronous)
    {
        await using ChatServer server = await StartAsync(afterRetry);
        ChatClient chat = SdkClient.Chat(Options(server).UseUsageCapture(_sink));
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => synchronous
            ? Task.Run(() => ReadAndCancel(chat, cancel), Token)
            : ReadAndCancelAsync(chat, cancel));

        Assert.Equal(UsageOutcome.Canceled, _sink.Records[^1].Outcome);
        Assert.True(_sink.Records[^1].NeedsReview);
        Assert.Equal(afterRetry ? [1, 2] : [1], _sink.Records.Select(record => record.Attempt));
    }

    [Fact]
    public async Task Stream_LeftWithoutACancellation_IsAbandoned()
    {
        await using ChatServer server = await StartAsync(isRefusedFirst: false);
        ChatClient chat = SdkClient.Chat(Options(server).UseUsageCapture(_sink));
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);

        await foreach (StreamingChatCompletionUpdate _ in chat.CompleteChatStreamingAsync(Messages, cancellationToken: cancel.Token))
        {
            break;
        }

        await cancel.CancelAsync();
        Assert.Equal(UsageOutcome.Abandoned, Assert.Single(_sink.Records).Outcome);
    }

    [Fact]
    public async Task Stream_CanceledAfterItsEnd_IsCompleted()
    {
        await using ChatServer server = await ChatServer.StartAsync();
        ChatClient chat = SdkClient.Chat(Options(server).UseUsageCapture(_sink));
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);

        await foreach (StreamingChatCompletionUpdate update in chat.CompleteChatStreamingAsync(Messages, cancellationToken: cancel.Token))
        {
            if (update.Usage is not null)
            {
                await cancel.CancelAsync();
                break;
            }
        }

        UsageRecord record = Assert.Single(_sink.Records);
        Assert.Equal((UsageOutcome.Completed, UsageStatus.Exact), (record.Outcome, record.Status));
    }

    [Fact]
    public async Task Request_WithItsCallersToken_IsCanceledWhenItIsDisposedAfterACancellation()
    {
        using var client = new HttpClient(new UsageCaptureHandler(_sink)
        {
            InnerHandler = new ReplayHandler(Chat.Stalling(Chat.Text)),
        });
        using var cancel = new CancellationTokenSource();
        using HttpRequestMessage request = Chat.Request().SetUsageCancellationToken(cancel.Token);
        HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);

        await cancel.CancelAsync();
        response.Dispose();

        Assert.Equal(UsageOutcome.Canceled, Assert.Single(_sink.Records).Outcome);
        Assert.Throws<ArgumentNullException>(() => default(HttpRequestMessage)!.SetUsageCancellationToken(Token));
    }

    private static async Task ReadAndCancelAsync(ChatClient chat, CancellationTokenSource cancel)
    {
        await foreach (StreamingChatCompletionUpdate _ in chat.CompleteChatStreamingAsync(Messages, cancellationToken: cancel.Token))
        {
            await cancel.CancelAsync();
        }
    }

    private static void ReadAndCancel(ChatClient chat, CancellationTokenSource cancel)
    {
        foreach (StreamingChatCompletionUpdate _ in chat.CompleteChatStreaming(Messages, cancellationToken: cancel.Token))
        {
            cancel.Cancel();
        }
    }

    /// <summary>Starts a server whose stream stops after the first event.</summary>
    private static async Task<ChatServer> StartAsync(bool isRefusedFirst)
    {
        ChatServer server = await ChatServer.StartAsync();
        server.AfterFirstEvent = new TaskCompletionSource().Task;
        if (isRefusedFirst)
        {
            server.ReplyNext(ChatReply.Error(429, "requests", "rate_limit_exceeded"));
        }

        return server;
    }

    private static OpenAIClientOptions Options(ChatServer server) => new()
    {
        Endpoint = server.At("v1"),
        RetryPolicy = new ImmediateRetryPolicy(maxRetries: 1),
    };
}
