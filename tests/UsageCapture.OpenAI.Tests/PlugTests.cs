using System.ClientModel.Primitives;

using Microsoft.Extensions.DependencyInjection;

using OpenAI;
using OpenAI.Chat;

namespace UsageCapture.OpenAI.Tests;

/// <summary>The one line that plugs capture into the options of OpenAI's own client, with and without a container.</summary>
public sealed class PlugTests
{
    private static readonly ChatMessage[] Messages = [new UserChatMessage("Hi")];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task UseUsageCapture_WithASink_CapturesStreamsAndCalls()
    {
        await using ChatServer server = await ChatServer.StartAsync();
        var sink = new InMemoryUsageSink();
        var options = new OpenAIClientOptions { Endpoint = server.At("v1") };

        OpenAIClientOptions returned = options.UseUsageCapture(sink);
        ChatClient chat = SdkClient.Chat(returned);
        await chat.CompleteChatAsync(Messages, cancellationToken: Token);
        await StreamAsync(chat);

        Assert.Same(options, returned);
        Assert.Equal([false, true], sink.Records.Select(record => record.Streaming));
        Assert.All(sink.Records, ExactRecord.IsWhole);
    }

    [Fact]
    public async Task UseUsageCapture_WithAHandlerOfTheCallers_SendsThroughIt()
    {
        await using ChatServer server = await ChatServer.StartAsync();
        var sink = new InMemoryUsageSink();
        using var http2 = new Http2Handler(new SocketsHttpHandler());
        ChatClient chat = SdkClient.Chat(
            new OpenAIClientOptions { Endpoint = server.At("v1", "2.0") }.UseUsageCapture(sink, innerHandler: http2));

        await chat.CompleteChatAsync(Messages, cancellationToken: Token);

        Assert.Equal("HTTP/2", Assert.Single(server.Requests).Protocol);
        ExactRecord.IsWhole(Assert.Single(sink.Records));
    }

    [Fact]
    public async Task UseUsageCapture_WithALoggerFactory_LogsTheRecordsThatTheSinkDoesNotStore()
    {
        await using ChatServer server = await ChatServer.StartAsync();
        var log = new CollectingLogger<UsageCaptureHandler>();
        using var loggers = new OneLoggerFactory(log);
        var sink = new ActionSink(_ => throw new InvalidOperationException("The table is gone."));
        ChatClient chat = SdkClient.Chat(
            new OpenAIClientOptions { Endpoint = server.At("v1") }.UseUsageCapture(sink, loggerFactory: loggers));

        await chat.CompleteChatAsync(Messages, cancellationToken: Token);

        Assert.Contains("did not store 1 records", Assert.Single(log.Entries).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task UseUsageCapture_WithAFactory_CapturesIntoTheSinksOfTheContainer()
    {
        await using ChatServer server = await ChatServer.StartAsync();
        await using ServiceProvider services = Services();
        ChatClient chat = SdkClient.Chat(new OpenAIClientOptions { Endpoint = server.At("v1") }
            .UseUsageCapture(services.GetRequiredService<IHttpClientFactory>(), "openai"));

        await StreamAsync(chat);
        chat.CompleteChat(Messages, cancellationToken: Token);

        IReadOnlyList<UsageRecord> records = services.GetRequiredService<InMemoryUsageSink>().Records;
        Assert.Equal([true, false], records.Select(record => record.Streaming));
        Assert.All(records, ExactRecord.IsWhole);
    }

    [Fact]
    public async Task UseUsageCapture_NamedClientHasDefaultHeaders_TheyAreSent()
    {
        await using ChatServer server = await ChatServer.StartAsync();
        await using ServiceProvider services = Services(client => client.DefaultRequestHeaders.Add("x-team", "billing"));
        ChatClient chat = SdkClient.Chat(new OpenAIClientOptions { Endpoint = server.At("v1") }
            .UseUsageCapture(services.GetRequiredService<IHttpClientFactory>(), "openai"));

        await chat.CompleteChatAsync(Messages, cancellationToken: Token);

        Assert.Equal("billing", Assert.Single(server.Requests).Headers["x-team"]);
    }

    [Theory]
    [InlineData("other")]
    [InlineData("plain")]
    public async Task UseUsageCapture_NamedClientIsNotCaptured_SaysHowToRegisterIt(string name)
    {
        await using ServiceProvider services = Services();
        IHttpClientFactory factory = services.GetRequiredService<IHttpClientFactory>();

        var exception = Assert.Throws<InvalidOperationException>(() => new OpenAIClientOptions().UseUsageCapture(factory, name));

        Assert.Equal(
            $"The HTTP client '{name}' does not capture usage. Register it with services.AddHttpClient(\"{name}\").AddUsageCapture().",
            exception.Message);
    }

    [Fact]
    public async Task UseUsageCapture_OptionsHaveATransport_Throws()
    {
        const string Message =
            "These OpenAIClientOptions already have a transport, a HttpClientPipelineTransport. Leave Transport unset, or add a UsageCaptureHandler to the HttpClient of that transport.";
        using var transport = new HttpClientPipelineTransport();
        await using ServiceProvider services = Services();
        IHttpClientFactory factory = services.GetRequiredService<IHttpClientFactory>();
        var options = new OpenAIClientOptions { Transport = transport };

        var withSink = Assert.Throws<InvalidOperationException>(() => options.UseUsageCapture(new InMemoryUsageSink()));
        var withFactory = Assert.Throws<InvalidOperationException>(() => options.UseUsageCapture(factory, "openai"));

        Assert.Equal(Message, withSink.Message);
        Assert.Equal(Message, withFactory.Message);
        Assert.Same(transport, options.Transport);
    }

    [Fact]
    public void UseUsageCapture_CalledTwice_SaysSo()
    {
        OpenAIClientOptions options = new OpenAIClientOptions().UseUsageCapture(new InMemoryUsageSink());

        var exception = Assert.Throws<InvalidOperationException>(() => options.UseUsageCapture(new InMemoryUsageSink()));

        Assert.Equal("UseUsageCapture was already called for these OpenAIClientOptions. Call it once for each client, with new options.", exception.Message);
    }

    private static ServiceProvider Services(Action<HttpClient>? configure = null)
    {
        var services = new ServiceCollection();
        services.AddHttpClient("openai", client => configure?.Invoke(client)).AddUsageCapture();
        services.AddHttpClient("plain");
        services.AddUsageSink<InMemoryUsageSink>();
        return services.BuildServiceProvider();
    }

    private static async Task StreamAsync(ChatClient chat)
    {
        await foreach (StreamingChatCompletionUpdate _ in chat.CompleteChatStreamingAsync(Messages, cancellationToken: Token))
        {
        }
    }
}
