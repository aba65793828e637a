using System.Net;
using System.Text;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

using UsageCapture.Tests.Fakes;

namespace UsageCapture.Tests.Sdk;

/// <summary>A real HTTP server on the loopback address that breaks its responses as each request's path says.</summary>
internal sealed class FaultServer : IAsyncDisposable
{
    public const string Whole = Chat.Text + Chat.Finish + Chat.Usage + Chat.Done;
    public const string Json = """{"model":"m","choices":[{"finish_reason":"stop"}],"usage":{"prompt_tokens":7,"completion_tokens":3,"total_tokens":10}}""";

    private const string Pause = "(pause)";
    private const string Stall = "(stall)";
    private const string Reset = "(reset)"; // After a pause for the client to read what came before, which a reset overtakes.
    private const string Events = "text/event-stream";

    private static readonly Dictionary<string, (int Status, string Type, string[] Steps)> Ways = new(StringComparer.Ordinal)
    {
        ["whole"] = (200, Events, [Whole]),
        ["dribble"] = (200, Events, [.. Whole.Chunk(7).Select(piece => new string(piece))]),
        ["no-done"] = (200, Events, [Chat.Text + Chat.Finish + Chat.Usage]),
        ["late-usage"] = (200, Events, [Chat.Text + Chat.Finish, Pause, Chat.Usage + Chat.Done]),
        ["silent"] = (200, Events, [Stall]),
        ["stall"] = (200, Events, [Chat.Text, Stall]),
        ["reset-before-usage"] = (200, Events, [Chat.Text, Reset]),
        ["reset-after-usage"] = (200, Events, [Chat.Text + Chat.Finish + Chat.Usage, Reset]),
        ["reset-after-running-usage"] = (200, Events, [Chat.RunningUsage, Reset]),
        ["short"] = (200, "application/json", [Json[..20], Reset]),
        ["error-event"] = (200, Events, [Chat.Text + Chat.Error]),
        ["json"] = (200, "application/json", [Json]),
        ["redirect"] = (307, "text/plain", []),
        ["500-html"] = (500, "text/html", ["<html>No.</html>"]),
        ["429-empty"] = (429, "text/plain", []),
    };

    private readonly WebApplication _app;
    private int _running;

    private FaultServer()
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.Http2.MaxStreamsPerConnection = 1000;
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1);
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2);
        });
        _app = builder.Build();
        _app.Run(ServeAsync);
    }

    /// <summary>Gets how many responses are being sent: each holds a connection, or a stream of one.</summary>
    public int Running => Volatile.Read(ref _running);

    public static async Task<FaultServer> StartAsync()
    {
        var server = new FaultServer();
        await server._app.StartAsync(TestContext.Current.CancellationToken);
        return server;
    }

    /// <summary>Gets the address of a way to answer.</summary>
    public Uri At(string way, string httpVersion) =>
        new(new Uri(_app.Urls.ElementAt(httpVersion == "1.1" ? 0 : 1)), $"/{way}/v1/chat/completions");

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task ServeAsync(HttpContext context)
    {
        Interlocked.Increment(ref _running);
        try
        {
            await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
            await AnswerAsync(context, context.Request.Path.Value!.Split('/')[1]);
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException or ConnectionAbortedException)
        {
            // The caller has left.
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }

    private static async Task AnswerAsync(HttpContext context, string way)
    {
        (int status, string type, string[] steps) = Ways.GetValueOrDefault(way, (404, "text/plain", []));
        context.Response.StatusCode = status;
        context.Response.ContentType = type;
        context.Response.ContentLength = way == "short" ? Json.Length : null;
        context.Response.Headers.Location = status == 307 ? "/whole/v1/chat/completions" : default(string);
        foreach (string step in steps)
        {
            switch (step)
            {
                case Pause:
                    await Task.Delay(TimeSpan.FromMilliseconds(20), context.RequestAborted);
                    break;
                case Stall:
                    await Task.Delay(Timeout.Infinite, context.RequestAborted);
                    break;
                case Reset:
                    await Task.Delay(TimeSpan.FromMilliseconds(150), context.RequestAborted);
                    context.Abort();
                    break;
                default:
                    await WriteAsync(context, step);
                    break;
            }
        }
    }

    private static async Task WriteAsync(HttpContext context, string text)
    {
        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(text), context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
    }
}
