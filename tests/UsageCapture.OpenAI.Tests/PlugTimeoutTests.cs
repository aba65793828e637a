using System.ClientModel.Primitives;

using Microsoft.Extensions.DependencyInjection;

using OpenAI;
using OpenAI.Chat;

using UsageCapture.Testing;

namespace UsageCapture.OpenAI.Tests;

/// <summary>Who decides how long a call through the plug may take: the SDK, unless the named client was given a time of its own.</summary>
public sealed class PlugTimeoutTests : IAsyncLifetime
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongEnoughForTheFirstEvent = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Never = TimeSpan.FromHours(1);
    private static readonly ChatMessage[] Messages = [new UserChatMessage("Hi")];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    // The first call of a process loads code. With a short time-out, it might end before the request reaches the handler.
    public async ValueTask InitializeAsync()
    {
        await using ChatServer server = await ChatServer.StartAsync();
        ChatClient chat = SdkClient.Chat(Options(server, Never).UseUsageCapture(new InMemoryUsageSink()));
        await chat.CompleteChatAsync(Messages, cancellationToken: Token);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Call_ServerIsSilent_NetworkTimeoutOfTheSdkEndsIt()
    {
        await using ChatServer server = await SilentServerAsync();
        var sink = new InMemoryUsageSink();
        ChatClient chat = SdkClient.Chat(Options(server, Short).UseUsageCapture(sink));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => chat.CompleteChatAsync(Messages, cancellationToken: Token));

        AssertCanceled(Assert.Single(sink.Records));
    }

    // The SDK cancels the read and disposes of the stream at once: the record must not depend on which is seen first.
    [Fact]
    public async Task Stream_ServerFallsSilent_NetworkTimeoutOfTheSdkEndsIt()
    {
        await using ChatServer server = await ChatServer.StartAsync();
        server.AfterFirstEvent = new TaskCompletionSource().Task;
        var sink = new InMemoryUsageSink();
        ChatClient chat = SdkClient.Chat(Options(server, LongEnoughForTheFirstEvent).UseUsageCapture(sink));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (StreamingChatCompletionUpdate _ in chat.CompleteChatStreamingAsync(Messages, cancellationToken: Token))
            {
            }
        });

        UsageRecord record = Assert.Single(sink.Records);
        Assert.Equal(ChatAnswer.Id, record.ResponseId);
        AssertCanceled(record);
    }

    [Fact]
    public async Task Call_NamedClientHasATimeoutOfItsOwn_ItIsKept()
    {
        await using ChatServer server = await SilentServerAsync();
        var services = new ServiceCollection();
        services.AddHttpClient("openai", client => client.Timeout = Short).AddUsageCapture();
        services.AddUsageSink<InMemoryUsageSink>();
        await using ServiceProvider provider = services.BuildServiceProvider();
        ChatClient chat = SdkClient.Chat(
            Options(server, Never).UseUsageCapture(provider.GetRequiredService<IHttpClientFactory>(), "openai"));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => chat.CompleteChatAsync(Messages, cancellationToken: Token));

        AssertCanceled(Assert.Single(provider.GetRequiredService<InMemoryUsageSink>().Records));
    }

    [Theory]
    [InlineData(100, null)]
    [InlineData(300, 300)]
    public void UseUsageCapture_FactoryOfAnotherMake_DefaultTimeoutIsLiftedAndAChosenOneKept(int seconds, int? expectedSeconds)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(seconds) };

        new OpenAIClientOptions().UseUsageCapture(new OneClientFactory(http), "openai");

        Assert.Equal(expectedSeconds is { } expected ? TimeSpan.FromSeconds(expected) : Timeout.InfiniteTimeSpan, http.Timeout);
    }

    // A client that has sent a request does not allow another timeout.
    [Fact]
    public async Task UseUsageCapture_FactoryReturnsAClientThatWasUsed_ItsTimeoutIsKept()
    {
        using var http = new HttpClient(new ReplayHandler(ChatStream.CreateRejection(429, "rate_limit_exceeded")));
        using HttpResponseMessage response = await http.PostAsync(new Uri("https://localhost/chat/completions"), content: null, Token);

        new OpenAIClientOptions().UseUsageCapture(new OneClientFactory(http), "openai");

        Assert.Equal(TimeSpan.FromSeconds(100), http.Timeout);
    }

    private static OpenAIClientOptions Options(ChatServer server, TimeSpan networkTimeout) => new()
    {
        Endpoint = server.At("v1"),
        NetworkTimeout = networkTimeout,
        RetryPolicy = new ClientRetryPolicy(maxRetries: 0),
    };

    private static async Task<ChatServer> SilentServerAsync()
    {
        ChatServer server = await ChatServer.StartAsync();
        server.BeforeHead = new TaskCompletionSource().Task;
        return server;
    }

    private static void AssertCanceled(UsageRecord record)
    {
        Assert.Equal(UsageOutcome.Canceled, record.Outcome);
        Assert.Equal(UsageStatus.Missing, record.Status);
        Assert.True(record.NeedsReview);
    }

    private sealed class OneClientFactory(HttpClient http) : IHttpClientFactory
    {
        public HttpClient CreateClient(string name) => http;
    }
}
