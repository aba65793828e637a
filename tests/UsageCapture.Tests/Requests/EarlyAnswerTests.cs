using System.Net;
using System.Text;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace UsageCapture.Tests.Requests;

/// <summary>Servers that answer before they have read the request: it is sent to its end as it was begun.</summary>
public sealed class EarlyAnswerTests
{
    private static readonly string Events = Chat.Text + Chat.Finish + Chat.Usage + Chat.Done;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("2.0", false)]
    [InlineData("2.0", true)]
    [InlineData("1.1", true)]
    public async Task Request_AnsweredBeforeItsBodyWasRead_IsSentWholeAndHasItsContentAgain(string httpVersion, bool expectsContinue)
    {
        var headersRead = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        string received = "";
        await using WebApplication server = await StartAsync(httpVersion, async context =>
        {
            context.Response.ContentType = "text/event-stream";
            await context.Response.Body.FlushAsync(Token);

            // Over HTTP/1.1 the client has the response only when it has sent the body.
            await (httpVersion == "2.0" ? headersRead.Task : Task.CompletedTask);
            received = await new StreamReader(context.Request.Body).ReadToEndAsync(Token);
            await context.Response.WriteAsync(Events, Token);
        });
        var sink = new InMemoryUsageSink();
        using HttpClient http = Client.Captured(sink, httpVersion);

        // Longer than the windows of HTTP/2, so that the client cannot send it before the server reads.
        string padding = new('x', 4 * 1024 * 1024);
        using HttpRequestMessage request = Request(server, $$"""{"model":"m","messages":[],"stream":true,"user":"{{padding}}"}""", expectsContinue);
        HttpContent? content = request.Content;

        using HttpResponseMessage response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
        headersRead.SetResult();

        Assert.Equal(Events, await response.Content.ReadAsStringAsync(Token));
        Assert.Equal($$$"""{"model":"m","messages":[],"stream":true,"stream_options":{"include_usage":true},"user":"{{{padding}}}"}""", received);
        Assert.Same(content, request.Content);
        Assert.Equal(UsageStatus.Exact, Assert.Single(sink.Records).Status);
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task Request_RejectedBeforeItsBodyWasSent_CanBeSentAgain(string httpVersion)
    {
        List<string> received = [];
        await using WebApplication server = await StartAsync(httpVersion, async context =>
        {
            if (received.Count == 0)
            {
                received.Add("");
                context.Response.StatusCode = 403;
                return;
            }

            received.Add(await new StreamReader(context.Request.Body).ReadToEndAsync(Token));
            context.Response.ContentType = "text/event-stream";
            await context.Response.WriteAsync(Events, Token);
        });
        var sink = new InMemoryUsageSink();
        var sockets = new SocketsHttpHandler { Expect100ContinueTimeout = Timeout.InfiniteTimeSpan };
        HttpMessageHandler inner = httpVersion == "2.0" ? new Http2Handler(sockets) : sockets;
        using var invoker = new HttpMessageInvoker(new UsageCaptureHandler(sink) { InnerHandler = inner });
        using HttpRequestMessage request = Request(server, """{"model":"m","messages":[],"stream":true}""", expectsContinue: true);

        using HttpResponseMessage rejected = await invoker.SendAsync(request, Token);
        using HttpResponseMessage response = await invoker.SendAsync(request, Token);

        Assert.Equal(HttpStatusCode.Forbidden, rejected.StatusCode);
        Assert.Equal(Events, await response.Content.ReadAsStringAsync(Token));
        Assert.Equal("""{"model":"m","messages":[],"stream":true,"stream_options":{"include_usage":true}}""", received[1]);
        Assert.Equal(UsageRequestState.AskedByHandler, sink.Records[^1].UsageRequest);
    }

    private static HttpRequestMessage Request(WebApplication server, string body, bool expectsContinue)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, server.Urls.First() + "/v1/chat/completions")
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        request.Headers.ExpectContinue = expectsContinue;
        return request;
    }

    private static async Task<WebApplication> StartAsync(string httpVersion, RequestDelegate serve)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(
            IPAddress.Loopback, 0, listen => listen.Protocols = httpVersion == "2.0" ? HttpProtocols.Http2 : HttpProtocols.Http1));
        WebApplication app = builder.Build();
        app.Run(serve);
        await app.StartAsync(Token);
        return app;
    }
}
