using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using UsageCapture.Testing;

namespace Quickstart;

/// <summary>A local server that imitates the Chat Completions APIs of OpenAI and Azure, and keeps copies of the bodies that it sends.</summary>
/// <remarks>Start it with <see cref="StartAsync"/>, send requests to <see cref="OpenAI"/> and <see cref="Azure"/>, then read <see cref="Sent"/>.</remarks>
internal sealed class LoopbackServer : IAsyncDisposable
{
    // Slow enough to watch the words arrive, and fast enough for a demonstration of a few seconds.
    private static readonly TimeSpan TimeToFirstToken = TimeSpan.FromMilliseconds(60);
    private static readonly TimeSpan TimePerToken = TimeSpan.FromMilliseconds(8);

    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<ChatDialect, PromptCache> _caches = new(); // Services do not share their caches.
    private readonly ConcurrentDictionary<string, MemoryStream> _sent = new();
    private int _requestCount;

    private LoopbackServer(WebApplication app)
    {
        _app = app;
        app.MapPost("/v1/chat/completions", context => AnswerAsync(context, ChatDialect.OpenAI));
        app.MapPost("/openai/v1/chat/completions", context => AnswerAsync(context, ChatDialect.Azure));
        app.MapPost("/openai/deployments/{deployment}/chat/completions", context => AnswerAsync(context, ChatDialect.DatedAzure));
    }

    /// <summary>Gets the address, with the port that the system chose.</summary>
    public Uri Address => new(_app.Urls.Single());

    public ChatService OpenAI => new(new Uri(Address, "/v1"), "no key is needed here", "gpt-5-mini");

    public ChatService Azure => new(new Uri(Address, "/openai/v1/"), "no key is needed here", "gpt-5-mini");

    /// <summary>Gets the sent bodies, by request id.</summary>
    public IReadOnlyDictionary<string, MemoryStream> Sent => _sent;

    public static async Task<LoopbackServer> StartAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port: 0));
        var server = new LoopbackServer(builder.Build());
        await server._app.StartAsync();
        HttpClient.DefaultProxy = new WebProxy(); // No proxy, because all calls stay on this machine.
        return server;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context, ChatDialect dialect)
    {
        string requestId = $"req_{Interlocked.Increment(ref _requestCount):D4}";
        context.Response.Headers[ByteWitness.RequestIdHeader] = requestId;
        if (dialect.IsAzure)
        {
            context.Response.Headers["apim-request-id"] = requestId;
        }

        JsonNode request = (await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted))!;
        string[] messages = [.. request["messages"]!.AsArray().Select(GetText)];
        string prompt = string.Join('\n', messages);
        var response = new ScriptedResponse(
            dialect,
            $"chatcmpl-{requestId}",
            ScriptedAnswers.Get(question: messages[^1]),
            PromptCache.CountTokens(prompt),
            _caches.GetOrAdd(dialect, _ => new PromptCache()).ReadAndAdd(prompt));

        MemoryStream sent = _sent[requestId] = new MemoryStream();
        await Task.Delay(TimeToFirstToken, context.RequestAborted);
        if (request["stream"]?.GetValue<bool>() == true)
        {
            bool includeUsage = request["stream_options"]?["include_usage"]?.GetValue<bool>() == true;
            context.Response.ContentType = "text/event-stream; charset=utf-8";
            foreach (ReadOnlyMemory<byte> chunk in response.CreateStream(includeUsage).GetEvents())
            {
                await SendAsync(context, sent, chunk);
                await Task.Delay(TimePerToken, context.RequestAborted);
            }
        }
        else
        {
            context.Response.ContentType = "application/json";
            await SendAsync(context, sent, JsonSerializer.SerializeToUtf8Bytes(response.CreateJson()));
        }
    }

    private static async Task SendAsync(HttpContext context, MemoryStream sent, ReadOnlyMemory<byte> bytes)
    {
        sent.Write(bytes.Span);
        await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
    }

    /// <summary>Returns the text of a message. The content can be a string or an array of parts.</summary>
    private static string GetText(JsonNode? message) => message!["content"] switch
    {
        JsonArray parts => string.Concat(parts.Select(part => (string?)part!["text"])),
        { } text => text.GetValue<string>(),
        null => "",
    };
}
