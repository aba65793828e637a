using System.Net;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

using UsageCapture.Testing.Replay;

namespace UsageCapture.Tests.Exchanges;

/// <summary>A real HTTP server on the loopback address that breaks its responses as each request's path says.</summary>
internal sealed class FaultServer : IAsyncDisposable
{
    private const int DribbleLength = 29; // Cuts events, lines and characters.

    private readonly WebApplication _app;
    private readonly ChangeNotifier _changed = new();
    private int _running;
    private int _received;

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

    /// <summary>Gets how many requests have come so far.</summary>
    public int Received => Volatile.Read(ref _received);

    /// <summary>Waits until so many requests have come.</summary>
    public Task WaitForRequestsAsync(int count) => _changed.WaitUntilAsync(() => Received >= count, TestContext.Current.CancellationToken);

    /// <summary>Waits until no response is being sent: each holds a connection, or a stream of one.</summary>
    public Task WaitUntilIdleAsync() => _changed.WaitUntilAsync(() => Volatile.Read(ref _running) == 0, TestContext.Current.CancellationToken);

    public static async Task<FaultServer> StartAsync()
    {
        var server = new FaultServer();
        await server._app.StartAsync(TestContext.Current.CancellationToken);
        return server;
    }

    /// <summary>Gets the address of a way to answer.</summary>
    /// <param name="answer">What is answered.</param>
    /// <param name="way">How: see the cases of <c>AnswerAsync</c>.</param>
    /// <param name="at">Where it ends, breaks or pauses; the other ways take no notice of it.</param>
    /// <param name="httpVersion">The version of HTTP, 1.1 or 2.</param>
    public Uri At(ProtocolAnswer answer, string way, Milestone at, string httpVersion) =>
        new(new Uri(_app.Urls.ElementAt(httpVersion == "1.1" ? 0 : 1)), $"/{answer.Name}/{way}/{at}{answer.Path}");

    /// <summary>Gets all that a way to answer has to send.</summary>
    public static ReadOnlyMemory<byte> BodyOf(ProtocolAnswer answer, string way, Milestone at) => way switch
    {
        "ends" or "resets" or "stalls" => answer.Body[..answer[at]],
        "fails" => answer.Failing!.Value,
        "500-html" => "<html>No.</html>"u8.ToArray(),
        "429-empty" or "not-found" => default,
        _ => answer.Body,
    };

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task ServeAsync(HttpContext context)
    {
        Interlocked.Increment(ref _running);
        try
        {
            await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
            Interlocked.Increment(ref _received);
            _changed.NotifyChanged();
            string[] path = context.Request.Path.Value!.Split('/');
            await AnswerAsync(context, ProtocolAnswer.Get(path[1]), path[2], Enum.Parse<Milestone>(path[3]));
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException or ConnectionAbortedException)
        {
            // The caller has left.
        }
        finally
        {
            Interlocked.Decrement(ref _running);
            _changed.NotifyChanged();
        }
    }

    private static async Task AnswerAsync(HttpContext context, ProtocolAnswer answer, string way, Milestone at)
    {
        ReadOnlyMemory<byte> body = BodyOf(answer, way, at);
        context.Response.ContentType = answer.ContentType;

        // With its length known, a whole body would be over for the client, and its connection free for the next request.
        context.Response.ContentLength = answer.IsStream || way is "ends" or "stalls" ? null : answer.Body.Length;
        switch (way)
        {
            case "dribble":
                for (; body.Length > DribbleLength; body = body[DribbleLength..])
                {
                    await WriteAsync(context, body[..DribbleLength]);
                }

                break;
            case "late":
                await WriteAsync(context, body[..answer[at]]);
                await Task.Delay(TimeSpan.FromMilliseconds(20), context.RequestAborted);
                body = body[answer[at]..];
                break;
            case "redirect":
                context.Response.Headers.Location = $"/{answer.Name}/whole/{at}{answer.Path}";
                Refuse(context, 307, "text/plain");
                return;
            case "500-html":
                Refuse(context, 500, "text/html");
                break;
            case "429-empty":
                Refuse(context, 429, "text/plain");
                return;
            case "not-found":
                Refuse(context, 404, "text/plain");
                return;
        }

        if (!body.IsEmpty)
        {
            await WriteAsync(context, body);
        }

        if (way == "stalls")
        {
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        }
        else if (way == "resets")
        {
            // A reset overtakes what the client has not read yet.
            await Task.Delay(TimeSpan.FromMilliseconds(150), context.RequestAborted);
            context.Abort();
        }
    }

    private static void Refuse(HttpContext context, int status, string contentType)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = contentType;
        context.Response.ContentLength = null;
    }

    private static async Task WriteAsync(HttpContext context, ReadOnlyMemory<byte> bytes)
    {
        await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
    }
}
