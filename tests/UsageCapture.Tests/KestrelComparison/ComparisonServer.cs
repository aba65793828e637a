using System.Collections.Concurrent;
using System.IO.Compression;
using System.Net;
using System.Text;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace UsageCapture.Tests.KestrelComparison;

/// <summary>A Kestrel server on the loopback address, over HTTP/1.1 and HTTP/2 without TLS. The path of a request says how it is answered.</summary>
/// <remarks>Answers that never end are over when the client leaves.</remarks>
public sealed class ComparisonServer : IAsyncLifetime
{
    /// <summary>The streamed chat that most answers consist of.</summary>
    public static readonly string Events = string.Concat(Chat.Text, Chat.Text, Chat.Finish, Chat.Usage, Chat.Done);

    private static readonly byte[] EventBytes = Encoding.UTF8.GetBytes(Events);
    private static readonly byte[] Json = Recordings.Get("openai-json").Body.ToArray();

    /// <summary>The answers that end, by their names.</summary>
    private static readonly Dictionary<string, Func<HttpContext, Task>> Ending = new()
    {
        ["events"] = context => SendAsync(context, EventBytes),
        ["events-in-pieces"] = SendPiecesAsync,
        ["json"] = context => SendAsync(context, Json, "application/json", length: Json.Length),
        ["json-chunked"] = context => SendAsync(context, Json, "application/json"),
        ["gzip"] = context => SendAsync(context, Compress(EventBytes), encoding: "gzip"),
        ["trailers"] = SendTrailersAsync,
        ["odd-headers"] = SendOddHeadersAsync,
        ["empty"] = context => SendAsync(context, []),
        ["empty-length"] = context => SendAsync(context, [], length: 0),
        ["204"] = context => SetStatus(context, 204),
        ["206"] = SendPartAsync,
        ["304"] = context => SetStatus(context, 304),
        ["400"] = context => SendAsync(context, "{\"error\":{\"message\":\"No stream_options.\"}}"u8.ToArray(), "application/json", status: 400),
        ["401"] = context => SendAsync(context, "{\"error\":{}}"u8.ToArray(), "application/json", status: 401),
        ["500"] = context => SendAsync(context, "<html>"u8.ToArray(), "text/html", length: 6, status: 500),
        ["redirect"] = RedirectAsync,
    };

    private static readonly string[] Ways = ["throws", "too-short", "aborts"];

    private readonly ConcurrentDictionary<string, string> _requests = new();
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _continued = new();
    private WebApplication? _app;

    /// <summary>Gets the names of the answers that end as they should.</summary>
    public static IEnumerable<string> WholeAnswers => Ending.Keys;

    /// <summary>Gets the names of the answers that break off: closed, shorter than announced, or reset, behind so many bytes.</summary>
    public static IEnumerable<string> BrokenAnswers =>
        from way in Ways
        from length in Places()
        select $"{way}-{length}";

    public async ValueTask InitializeAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1);
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2);
        });
        _app = builder.Build();
        _app.Run(ServeAsync);
        await _app.StartAsync(TestContext.Current.CancellationToken);
    }

    public ValueTask DisposeAsync() => _app!.DisposeAsync();

    /// <summary>Makes a request for an answer.</summary>
    /// <param name="answer">One of the answers, or <c>stalls-n</c> for one that stays open behind n bytes, or <c>silent</c>.</param>
    /// <param name="httpVersion">The version of HTTP, 1.1 or 2.</param>
    /// <param name="id">What the request is known by afterwards.</param>
    /// <param name="asks">Whether the request asks for usage itself, so that the handler has nothing to add.</param>
    public HttpRequestMessage CreateRequest(string answer, string httpVersion, string id, bool asks)
    {
        string address = _app!.Urls.ElementAt(httpVersion == "1.1" ? 0 : 1);
        string body = asks
            ? """{"model":"m","stream":true,"stream_options":{"include_usage":true},"messages":[]}"""
            : """{"model":"m","stream":true,"messages":[]}""";
        return new HttpRequestMessage(HttpMethod.Post, $"{address}/{id}/{answer}/v1/chat/completions")
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
    }

    /// <summary>Tells what the server has received from a request: its method, its headers and its body.</summary>
    public string GetReceived(string id) => _requests.GetValueOrDefault(id, "nothing");

    /// <summary>Lets an answer go on that waits for its client: one that aborts.</summary>
    public void Continue(string id) => GetContinued(id).TrySetResult();

    /// <summary>Returns whether an answer ends with a reset, which waits for <see cref="Continue"/>.</summary>
    public static bool Resets(string answer, string httpVersion) =>
        answer.StartsWith("aborts", StringComparison.Ordinal)
        || (!httpVersion.EndsWith("1.1", StringComparison.Ordinal) && !answer.StartsWith("stalls", StringComparison.Ordinal));

    private TaskCompletionSource GetContinued(string id) =>
        _continued.GetOrAdd(id, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));

    /// <summary>Lists the places where a body breaks: around each event, and inside of it.</summary>
    private static IEnumerable<int> Places()
    {
        int place = 0;
        yield return 0;
        foreach (string text in new[] { Chat.Text, Chat.Text, Chat.Finish, Chat.Usage })
        {
            yield return place + (text.Length / 2);
            place += text.Length;
            yield return place;
        }

        yield return Events.Length - 3; // Inside of [DONE] and its line ends.
    }

    private async Task ServeAsync(HttpContext context)
    {
        string[] path = context.Request.Path.Value!.Split('/');
        (string id, string answer) = (path[1], path[2]);
        _requests[id] = _requests.GetValueOrDefault(id, "") + await DescribeAsync(context.Request);
        try
        {
            if (Ending.TryGetValue(answer, out Func<HttpContext, Task>? send))
            {
                await send(context);
                return;
            }

            int length = answer.Contains('-', StringComparison.Ordinal) ? int.Parse(answer[(answer.LastIndexOf('-') + 1)..], provider: null) : 0;
            await BreakAsync(context, answer[..Math.Max(answer.LastIndexOf('-'), 0)], length, id);
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException or ConnectionAbortedException)
        {
            // The client has left.
        }
    }

    private async Task BreakAsync(HttpContext context, string way, int length, string id)
    {
        if (way.Length == 0)
        {
            await Task.Delay(Timeout.Infinite, context.RequestAborted); // Silent.
        }

        await SendAsync(context, EventBytes[..length], length: way == "too-short" ? EventBytes.Length : null);
        await context.Response.Body.FlushAsync(context.RequestAborted);
        if (Resets(way, context.Request.Protocol))
        {
            // A reset overtakes what the client has not read yet.
            await GetContinued(id).Task.WaitAsync(context.RequestAborted);
        }

        switch (way)
        {
            case "throws":
                throw new InvalidOperationException("The server fails.");
            case "aborts":
                context.Abort();
                break;
            case "stalls":
                await Task.Delay(Timeout.Infinite, context.RequestAborted);
                break;
        }
    }

    private static async Task<string> DescribeAsync(HttpRequest request)
    {
        // HttpClient adds the trace of the test, which is another one for each call.
        IEnumerable<string> headers = request.Headers
            .Where(header => header.Key is not ("traceparent" or "Host"))
            .OrderBy(header => header.Key, StringComparer.OrdinalIgnoreCase)
            .Select(header => $"{header.Key}: {header.Value}");
        using var reader = new StreamReader(request.Body);
        return $"{request.Method} {request.Protocol}\n{string.Join('\n', headers)}\n\n{await reader.ReadToEndAsync(request.HttpContext.RequestAborted)}\n";
    }

    private static async Task SendAsync(
        HttpContext context, byte[] body, string contentType = "text/event-stream", string? encoding = null, long? length = null, int status = 200)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = contentType;
        context.Response.ContentLength = length;
        if (encoding is not null)
        {
            context.Response.Headers.ContentEncoding = encoding;
        }

        context.Response.Headers["x-request-id"] = "req_1";
        context.Response.Headers.Date = "Thu, 01 Jan 2026 00:00:00 GMT";
        await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }

    private static async Task SendPiecesAsync(HttpContext context)
    {
        await SendAsync(context, []);
        foreach (byte[] piece in EventBytes.Chunk(29))
        {
            await context.Response.Body.WriteAsync(piece, context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
        }
    }

    private static async Task SendTrailersAsync(HttpContext context)
    {
        context.Response.DeclareTrailer("x-checksum");
        await SendAsync(context, EventBytes);
        context.Response.AppendTrailer("x-checksum", "abc");
        context.Response.AppendTrailer("x-undeclared", new(["1", "2"]));
    }

    private static Task SendOddHeadersAsync(HttpContext context)
    {
        IHeaderDictionary headers = context.Response.Headers;
        headers.CacheControl = "no-cache,  no-store,x=\"a,b\"";
        headers["x-twice"] = new(["a", "b, c", ""]);
        headers.Expires = "0"; // No date.
        headers.ContentLanguage = "de,  en";
        headers["Content-Disposition"] = "attachment;  filename=\"a b\"";
        headers["Last-Modified"] = "yesterday";
        headers.ETag = "not quoted";
        return SendAsync(context, EventBytes, "text/event-stream;charset=UTF-8 ;  x=y");
    }

    private static Task SendPartAsync(HttpContext context)
    {
        context.Response.Headers.ContentRange = $"bytes 0-9/{EventBytes.Length}";
        return SendAsync(context, EventBytes[..10], length: 10, status: 206);
    }

    private static Task SetStatus(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        context.Response.Headers.Date = "Thu, 01 Jan 2026 00:00:00 GMT";
        return Task.CompletedTask;
    }

    private static Task RedirectAsync(HttpContext context)
    {
        context.Response.Headers.Location = context.Request.Path.Value!.Replace("/redirect/", "/events/", StringComparison.Ordinal);
        return SetStatus(context, 307);
    }

    private static byte[] Compress(byte[] bytes)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest))
        {
            gzip.Write(bytes);
        }

        return compressed.ToArray();
    }
}
