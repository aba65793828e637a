using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;

using UsageCapture.Testing;

namespace UsageCapture.Tests.Requests;

/// <summary>The caller's request is the caller's: read once, sent as it would have been, the same afterwards.</summary>
public sealed class RequestTests
{
    private const string Streamed = """{"model":"m","stream":true}""";
    private const string Spliced = """{"model":"m","stream":true,"stream_options":{"include_usage":true}}""";

    private readonly InMemoryUsageSink _sink = new();
    private readonly Witness _server = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Content_ThatIsSpliced_IsSentWithItsHeadersAndItsNewLength(bool synchronous)
    {
        using HttpRequestMessage request = Chat.Request(Streamed);
        HttpContent content = request.Content!;
        content.Headers.ContentLanguage.Add("en");
        content.Headers.TryAddWithoutValidation("X-Odd", "ä ; ,");

        await SendAsync(request, synchronous);

        Assert.Equal(Spliced, _server.Body);
        Assert.Equal(Spliced.Length, _server.ContentLength);
        Assert.Equal("application/json; charset=utf-8|en|ä ; ,", _server.ContentHeaders);
        Assert.Same(content, request.Content);
        Assert.Equal(Streamed, await content.ReadAsStringAsync(Token));
        Assert.Equal(Streamed.Length, content.Headers.ContentLength);
    }

    [Fact]
    public async Task Content_OfUnknownLength_StaysSo()
    {
        using HttpRequestMessage request = Chat.Request();
        request.Content = JsonContent.Create(new { model = "m", stream = true });

        await SendAsync(request);

        Assert.Equal(Spliced, _server.Body);
        Assert.Null(_server.ContentLength);
        Assert.Null(request.Content.Headers.ContentLength);
    }

    [Fact]
    public async Task Content_ThatCanBeReadOnlyOnce_IsReadOnce()
    {
        using HttpRequestMessage request = Chat.Request();
        request.Content = new StreamContent(new OneWayStream(Encoding.UTF8.GetBytes(Streamed)));

        await SendAsync(request);

        Assert.Equal(Spliced, _server.Body);
    }

    [Fact]
    public async Task Content_ThatIsSentTwiceBelow_IsTheSameBothTimes()
    {
        using HttpRequestMessage request = Chat.Request();
        request.Content = new StreamContent(new OneWayStream(Encoding.UTF8.GetBytes(Streamed)));
        using var client = new HttpClient(new UsageCaptureHandler(_sink) { InnerHandler = new Twice { InnerHandler = _server } });

        using HttpResponseMessage response = await client.SendAsync(request, Token);

        Assert.Equal([Spliced, Spliced], _server.Bodies);
    }

    [Fact]
    public async Task Content_ThatFails_ThrowsAsItWouldAndNothingIsRecorded()
    {
        using HttpRequestMessage request = Chat.Request();
        HttpContent content = new StreamContent(new FailingStream());
        request.Content = content;

        await Assert.ThrowsAsync<HttpRequestException>(() => SendAsync(request));

        Assert.Same(content, request.Content);
        Assert.Empty(_server.Bodies);
        Assert.Empty(_sink.Records);
    }

    [Fact]
    public async Task Request_ThatFails_HasItsOwnContentAgain()
    {
        using HttpRequestMessage request = Chat.Request(Streamed);
        HttpContent? content = request.Content;
        var client = new HttpClient(new UsageCaptureHandler(_sink) { InnerHandler = new ReplayHandler(Chat.Answer.Unreachable()) });

        await Assert.ThrowsAsync<HttpRequestException>(() => client.SendAsync(request, Token));

        Assert.Same(content, request.Content);
        Assert.Equal(UsageOutcome.Faulted, Assert.Single(_sink.Records).Outcome);
    }

    [Fact]
    public async Task Request_DisposedBeforeTheBodyIsRead_DoesNotMatter()
    {
        var client = new HttpClient(
            new UsageCaptureHandler(_sink) { InnerHandler = new ReplayHandler(Recordings.Get("openai-stream-trailing-usage").WithMatch(RequestMatch.Any)) });
        HttpRequestMessage request = Chat.Request(Streamed);
        using HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);

        request.Dispose();
        await response.Content.CopyToAsync(Stream.Null, Token);

        Assert.Equal(("m", UsageStatus.Exact), (_sink.Records[0].RequestModel, _sink.Records[0].Status));
    }

    [Fact]
    public async Task Request_WithoutABody_IsSentAndRecorded()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Chat.Url);

        await SendAsync(request);

        Assert.Null(request.Content);
        Assert.Single(_sink.Records);
    }

    [Theory]
    [InlineData("GET", "https://api.openai.com/v1/chat/completions")]
    [InlineData("POST", "https://api.openai.com/v1/moderations")]
    public async Task Request_ThatIsNotRecognised_PassesUntouchedBothWays(string method, string url)
    {
        var content = new StreamContent(new OneWayStream(Encoding.UTF8.GetBytes(Streamed)));
        using var request = new HttpRequestMessage(new HttpMethod(method), url) { Content = content };
        using var client = new HttpClient(new UsageCaptureHandler(_sink) { InnerHandler = _server });

        using HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);

        Assert.Same(_server.Response, response);
        Assert.IsType<StreamContent>(response.Content);
        Assert.Same(content, _server.Content);
        Assert.Empty(_sink.Records);
    }

    private async Task SendAsync(HttpRequestMessage request, bool synchronous = false)
    {
        using var client = new HttpClient(new UsageCaptureHandler(_sink) { InnerHandler = _server });
        using HttpResponseMessage response = synchronous ? client.Send(request, Token) : await client.SendAsync(request, Token);
    }

    /// <summary>A server that keeps what reached it.</summary>
    private sealed class Witness() : DelegatingHandler(new ReplayHandler(Recordings.Of("", "text/plain")))
    {
        public IEnumerable<string> Bodies =>
            ((ReplayHandler)InnerHandler!).RequestBodies.Where(body => !body.IsEmpty).Select(body => Encoding.UTF8.GetString(body.Span));

        public string? Body => Bodies.LastOrDefault();

        public long? ContentLength { get; private set; }

        public string? ContentHeaders { get; private set; }

        public HttpContent? Content { get; private set; }

        public HttpResponseMessage? Response { get; private set; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Keep(request, await base.SendAsync(request, cancellationToken));

        protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Keep(request, base.Send(request, cancellationToken));

        private HttpResponseMessage Keep(HttpRequestMessage request, HttpResponseMessage response)
        {
            Content = request.Content;
            ContentLength = request.Content?.Headers.ContentLength;
            ContentHeaders = string.Join(
                '|', request.Content?.Headers.NonValidated.Where(header => header.Key != "Content-Length").Select(header => header.Value.ToString()) ?? []);
            return Response = response;
        }
    }

    private sealed class Twice : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            (await base.SendAsync(request, cancellationToken)).Dispose();
            return await base.SendAsync(request, cancellationToken);
        }
    }

    private sealed class OneWayStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }

    private sealed class FailingStream : MemoryStream
    {
        public override bool CanSeek => false;

        public override Task CopyToAsync(Stream destination, int bufferSize, CancellationToken cancellationToken) =>
            throw new IOException("The file is gone.");
    }
}
