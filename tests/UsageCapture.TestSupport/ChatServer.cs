using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

using UsageCapture.Testing;

namespace UsageCapture.TestSupport;

/// <summary>A real HTTP server on the loopback address that speaks OpenAI's chat completions, as OpenAI and as Azure do.</summary>
/// <remarks>It has one address for HTTP/1.1 and one for HTTP/2 without TLS, and keeps every request as it came.</remarks>
internal sealed class ChatServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<ServedRequest> _requests = new();
    private readonly ConcurrentQueue<Recording> _nextReplies = new();

    private ChatServer()
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1);
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2);
        });
        _app = builder.Build();
        _app.Run(ServeAsync);
    }

    /// <summary>Gets the requests so far, in the order in which they came.</summary>
    public IReadOnlyList<ServedRequest> Requests => [.. _requests];

    /// <summary>Gets or sets what every response waits for before its head.</summary>
    public Task BeforeHead { get; set; } = Task.CompletedTask;

    /// <summary>Gets or sets what every streamed response waits for after its first event.</summary>
    public Task AfterFirstEvent { get; set; } = Task.CompletedTask;

    /// <summary>Gets or sets what every response waits for between its last byte and its end.</summary>
    public Task BeforeEnd { get; set; } = Task.CompletedTask;

    public static async Task<ChatServer> StartAsync()
    {
        var server = new ChatServer();
        await server._app.StartAsync(TestContext.Current.CancellationToken);
        return server;
    }

    /// <summary>Gets an address below the endpoint of a HTTP version.</summary>
    public Uri At(string path, string httpVersion = "1.1") => new(new Uri(_app.Urls.ElementAt(httpVersion == "1.1" ? 0 : 1)), path);

    /// <summary>Has the next request that is not spoken for yet answered with this, whatever it says.</summary>
    public void ReplyNext(Recording reply) => _nextReplies.Enqueue(reply);

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task ServeAsync(HttpContext context)
    {
        HttpRequest request = context.Request;
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, context.RequestAborted);

        bool isAzure = request.Path.StartsWithSegments("/openai", StringComparison.Ordinal);
        if (!_nextReplies.TryDequeue(out Recording? reply))
        {
            reply = ChatReply.To(JsonElement.Parse(body.ToArray()), isAzure, request.Query["api-version"]);
        }

        var headers = new SortedDictionary<string, string>(
            request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString()), StringComparer.OrdinalIgnoreCase);
        string target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        _requests.Enqueue(new ServedRequest(request.Protocol, target, headers, body.ToArray(), reply.Body.ToArray()));

        await BeforeHead.WaitAsync(context.RequestAborted);
        await SendAsync(context, reply, isAzure);
    }

    private async Task SendAsync(HttpContext context, Recording reply, bool isAzure)
    {
        HttpResponse response = context.Response;
        response.StatusCode = reply.Response.Status;
        response.ContentType = reply.Response.Headers!["content-type"];
        response.Headers[isAzure ? "apim-request-id" : "x-request-id"] = "req_42";
        IReadOnlyList<ReadOnlyMemory<byte>> pieces = reply.GetEvents();
        for (int i = 0; i < pieces.Count; i++)
        {
            await response.Body.WriteAsync(pieces[i], context.RequestAborted);
            await response.Body.FlushAsync(context.RequestAborted);
            if (i == 0 && pieces.Count > 1)
            {
                await AfterFirstEvent.WaitAsync(context.RequestAborted);
            }
        }

        await BeforeEnd.WaitAsync(context.RequestAborted);
    }
}
