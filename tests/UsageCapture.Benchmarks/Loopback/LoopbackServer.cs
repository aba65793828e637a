using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using UsageCapture.Benchmarks.Bodies;

namespace UsageCapture.Benchmarks.Loopback;

/// <summary>A server on this machine that streams a chat completion, each event flushed.</summary>
internal sealed class LoopbackServer : IAsyncDisposable
{
    // An answer of some 150 words.
    private const int Events = 200;

    private readonly WebApplication _app;

    private LoopbackServer(WebApplication app, Body body)
    {
        _app = app;
        Body = body;
        app.MapPost("/v1/chat/completions", AnswerAsync);
    }

    /// <summary>Gets what every request is answered with.</summary>
    public Body Body { get; }

    public Uri Address => new(new Uri(_app.Urls.Single()), "/v1/chat/completions");

    public static async Task<LoopbackServer> StartAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port: 0));
        var server = new LoopbackServer(builder.Build(), ChatStream.Create(Events));
        await server._app.StartAsync();
        return server;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        await context.Request.Body.CopyToAsync(Stream.Null);
        context.Response.ContentType = "text/event-stream";
        int start = 0;
        foreach (int end in Body.EventEnds)
        {
            await context.Response.Body.WriteAsync(Body.Bytes.AsMemory(start, end - start));
            await context.Response.Body.FlushAsync();
            start = end;
        }
    }
}
