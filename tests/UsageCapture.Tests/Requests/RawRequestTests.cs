using System.Text;

namespace UsageCapture.Tests.Requests;

/// <summary>Requests written by hand that do not ask for usage, over a real socket: what the server receives and the caller reads.</summary>
public sealed class RawRequestTests
{
    private const string Asking = """{"model":"gpt-5-mini","stream":true,"messages":[{"role":"user","content":"Hi"}],"seed":1e0}""";
    private const string Asked =
        """{"model":"gpt-5-mini","stream":true,"stream_options":{"include_usage":true},"messages":[{"role":"user","content":"Hi"}],"seed":1e0}""";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task Stream_CallerSaidNothing_HandlerAsksAndCallerReadsWhatWasSent(string httpVersion)
    {
        await using ChatServer server = await ChatServer.StartAsync();
        var sink = new InMemoryUsageSink();
        using HttpClient http = Client.Captured(sink, httpVersion);
        using var content = new StringContent(Asking, Encoding.UTF8, "application/json");

        byte[] body = await PostAsync(http, server.At("v1/chat/completions", httpVersion), content);

        ServedRequest request = Assert.Single(server.Requests);
        Assert.Equal(Asked, Encoding.UTF8.GetString(request.Body));
        Assert.Equal(request.Body.Length.ToString(), request.Headers["Content-Length"]);
        Assert.Equal("application/json; charset=utf-8", request.Headers["Content-Type"]);
        Assert.Equal(request.ResponseBody, body);
        Assert.Equal(UsageRequestState.AskedByHandler, ExactRecord.Single(sink).UsageRequest);
    }

    // Over HTTP/1.1 only: .NET sends nothing synchronously over HTTP/2.
    [Fact]
    public async Task StreamSync_CallerSaidNothing_HandlerAsksAndCallerReadsWhatWasSent()
    {
        await using ChatServer server = await ChatServer.StartAsync();
        var sink = new InMemoryUsageSink();
        using HttpClient http = Client.Captured(sink);
        using var message = new HttpRequestMessage(HttpMethod.Post, server.At("v1/chat/completions"))
        {
            Content = new StringContent(Asking, Encoding.UTF8, "application/json"),
        };

        using HttpResponseMessage response = http.Send(message, HttpCompletionOption.ResponseHeadersRead, Token);
        using var body = new MemoryStream();
        response.Content.CopyTo(body, context: null, Token);

        ServedRequest request = Assert.Single(server.Requests);
        Assert.Equal(Asked, Encoding.UTF8.GetString(request.Body));
        Assert.Equal(request.Body.Length.ToString(), request.Headers["Content-Length"]);
        Assert.Equal(request.ResponseBody, body.ToArray());
        ExactRecord.Single(sink);
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task Stream_ServerSaysDoneAndDoesNotClose_RecordIsThereWithTheWord(string httpVersion)
    {
        await using ChatServer server = await ChatServer.StartAsync();
        server.BeforeEnd = new TaskCompletionSource().Task;
        var sink = new InMemoryUsageSink();
        using HttpClient http = Client.Captured(sink, httpVersion);
        using var message = new HttpRequestMessage(HttpMethod.Post, server.At("v1/chat/completions", httpVersion))
        {
            Content = new StringContent(Asking, Encoding.UTF8, "application/json"),
        };

        using HttpResponseMessage response = await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, Token);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Token));
        while (await reader.ReadLineAsync(Token) != "data: [DONE]")
        {
        }

        ExactRecord.Single(sink);
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task Stream_RequestOfUnknownLength_StaysSo(string httpVersion)
    {
        await using ChatServer server = await ChatServer.StartAsync();
        var sink = new InMemoryUsageSink();
        using HttpClient http = Client.Captured(sink, httpVersion);
        using var content = new OneShotContent(Encoding.UTF8.GetBytes(Asking));

        await PostAsync(http, server.At("v1/chat/completions", httpVersion), content);

        ServedRequest request = Assert.Single(server.Requests);
        Assert.Equal(Asked, Encoding.UTF8.GetString(request.Body));
        Assert.False(request.Headers.ContainsKey("Content-Length"));
        Assert.Equal(httpVersion == "1.1" ? "chunked" : null, request.Headers.GetValueOrDefault("Transfer-Encoding"));
        Assert.Equal(1, content.Reads);
        ExactRecord.Single(sink);
    }

    [Fact]
    public async Task Stream_CallerForcesChunks_StaysChunked()
    {
        await using ChatServer server = await ChatServer.StartAsync();
        var sink = new InMemoryUsageSink();
        using HttpClient http = Client.Captured(sink);
        http.DefaultRequestHeaders.TransferEncodingChunked = true;
        using var content = new StreamContent(new MemoryStream(Encoding.UTF8.GetBytes(Asking)));

        await PostAsync(http, server.At("v1/chat/completions"), content);

        ServedRequest request = Assert.Single(server.Requests);
        Assert.Equal(Asked, Encoding.UTF8.GetString(request.Body));
        Assert.Equal("chunked", request.Headers["Transfer-Encoding"]);
        Assert.False(request.Headers.ContainsKey("Content-Length"));
        ExactRecord.Single(sink);
    }

    private static async Task<byte[]> PostAsync(HttpClient http, Uri address, HttpContent content)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, address) { Content = content };
        using HttpResponseMessage response = await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, Token);
        return await response.Content.ReadAsByteArrayAsync(Token);
    }
}
