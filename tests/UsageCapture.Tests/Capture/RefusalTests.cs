using System.Net;
using System.Net.Http.Headers;
using System.Text;

using Microsoft.Extensions.Logging;

using UsageCapture.Tests.Fakes;

namespace UsageCapture.Tests.Capture;

/// <summary>A server that does not take what the handler adds is sent the caller's request, and is not asked again for a while.</summary>
public sealed class RefusalTests
{
    private const string Streamed = """{"model":"m","stream":true}""";
    private const string Refusing = """{"error":{"message":"Unknown parameter: 'stream_options'.","type":"invalid_request_error","param":"stream_options","code":"unknown_parameter"}}""";
    private const string Other = """{"error":{"message":"Invalid value.","type":"invalid_request_error","param":"temperature","code":null}}""";

    private readonly InMemoryUsageSink _sink = new();
    private readonly ManualTimeProvider _clock = new();
    private readonly CollectingLogger<UsageCaptureHandler> _log = new();
    private readonly StrictServer _server = new();

    public static TheoryData<int, string> Wordings => new()
    {
        { 400, Refusing }, // OpenAI, Azure since 2023-12
        { 400, """{"error":{"message":"Unrecognized request argument supplied: stream_options","type":"invalid_request_error","param":null,"code":null}}""" }, // Azure before
        { 422, """{"object":"error","message":{"detail":[{"type":"extra_forbidden","loc":["body","stream_options"],"msg":"Extra inputs are not permitted","input":{"include_usage":true}}]},"type":"invalid_request_error"}""" }, // Mistral
        { 400, """{"error":{"message":"property 'stream_options' is unsupported, did you mean 'stream'?","type":"invalid_request_error"}}""" }, // Groq
        { 400, """{"error":{"object":"error","type":"invalid_request_error","message":"Extra inputs are not permitted, field: 'stream_options', value: {'include_usage': True}"}}""" }, // Fireworks
        { 400, """{"object":"error","message":"[{'type': 'extra_forbidden', 'loc': ('body', 'stream_options'), 'msg': 'Extra inputs are not permitted', 'input': {'include_usage': True}}]","type":"BadRequestError","param":null,"code":400}""" }, // vLLM
        { 400, """{"error":{"requestid":"1","code":400,"message":"Validation error at #/stream_options: Extra inputs are not permitted"}}""" }, // Azure On Your Data
        { 422, """{"detail":[{"loc":["body","stream_options","include_usage"],"msg":"extra fields not permitted"}]}""" },
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Wordings))]
    public async Task Refusal_InAnyWording_IsAnsweredWithTheCallersOwnRequest(int status, string body)
    {
        _server.Refusal = (status, body);

        (HttpStatusCode answer, string text) = await CallAsync();

        Assert.Equal((HttpStatusCode.OK, Chat.Text + Chat.Finish + Chat.Done), (answer, text));
        Assert.Equal(2, _server.Bodies.Count);
        Assert.Contains("stream_options", _server.Bodies[0], StringComparison.Ordinal);
        Assert.Equal(Streamed, _server.Bodies[1]);
        UsageRecord record = Assert.Single(await _sink.WaitForAsync(1, Token));
        Assert.Equal(
            (UsageOutcome.Completed, UsageStatus.Missing, UsageRequested.RefusedByServer, 200),
            (record.Outcome, record.Status, record.UsageRequested!.Value, record.StatusCode!.Value));
        (LogLevel level, string message) = Assert.Single(_log.Entries);
        Assert.Equal(LogLevel.Warning, level);
        Assert.StartsWith("api.openai.com/v1/chat/completions refuses stream_options for the model m", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refusal_OfASynchronousCall_IsAnsweredWithTheCallersOwnRequest()
    {
        _server.Refusal = (400, Refusing);
        using HttpClient client = new(Handler());
        using HttpRequestMessage request = Chat.Request(Streamed);

        using HttpResponseMessage response = client.Send(request, Token);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(UsageRequested.RefusedByServer, Assert.Single(_sink.Records).UsageRequested);
    }

    [Fact]
    public async Task Endpoint_ThatRefused_IsNotAskedAgainForAnHour()
    {
        _server.Refusal = (400, Refusing);
        UsageCaptureHandler handler = Handler();
        using var client = new HttpClient(handler);

        await CallAsync(client);
        await CallAsync(client);
        Assert.Equal(3, _server.Bodies.Count);
        Assert.Equal([UsageRequested.RefusedByServer, UsageRequested.RefusedByServer], _sink.Records.Select(record => record.UsageRequested!.Value));
        Assert.Single(_log.Entries);

        await CallAsync(client, """{"model":"other","stream":true}""");
        Assert.Equal(5, _server.Bodies.Count);

        _server.Refusal = null;
        _clock.Advance(TimeSpan.FromHours(1));
        await CallAsync(client);
        Assert.Equal(UsageRequested.ByHandler, _sink.Records[^1].UsageRequested);
    }

    [Theory]
    [InlineData(400, Other)]
    [InlineData(400, """{"detail":[{"type":"missing","loc":["body","messages"],"msg":"Field required","input":{"stream":true,"stream_options":{"include_usage":true}}}]}""")]
    [InlineData(422, """{"error":"bad request: {\"stream_options\": {\"include_usage\": true}}"}""")]
    [InlineData(404, Refusing)]
    [InlineData(400, "")]
    public async Task Error_ThatIsNoRefusal_IsTheCallersUntouched(int status, string body)
    {
        _server.Refusal = (status, body);

        (HttpStatusCode answer, string text) = await CallAsync();

        Assert.Equal(((HttpStatusCode)status, body), (answer, text));
        Assert.Single(_server.Bodies);
        UsageRecord record = Assert.Single(_sink.Records);
        Assert.Equal((UsageOutcome.Rejected, UsageRequested.ByHandler), (record.Outcome, record.UsageRequested!.Value));
    }

    [Theory]
    [InlineData(10)]
    [InlineData(40_000)]
    public async Task Error_ThatWasLookedInto_ReadsAsItDid(int padding)
    {
        string body = "{\"error\":{\"message\":\"" + new string('x', padding) + "\",\"code\":\"bad\"}}";
        _server.Refusal = (400, body);
        using HttpClient client = new(Handler());
        using HttpRequestMessage request = Chat.Request(Streamed);

        using HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);

        Assert.Equal(body.Length, response.Content.Headers.ContentLength);
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        using var copy = new MemoryStream();
        await response.Content.CopyToAsync(copy, Token);
        Assert.Equal(body, Encoding.UTF8.GetString(copy.ToArray()));
        await Assert.ThrowsAsync<InvalidOperationException>(() => response.Content.CopyToAsync(copy, Token));
        Assert.Equal("bad", Assert.Single(_sink.Records).Error?.Code);
    }

    [Fact]
    public async Task Error_WhoseBodyBreaks_BreaksWhereItDid()
    {
        _server.Refusal = (400, Other);
        _server.Breaks = true;
        using HttpClient client = new(Handler());
        using HttpRequestMessage request = Chat.Request(Streamed);
        using HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
        Stream body = await response.Content.ReadAsStreamAsync(Token);

        await body.ReadExactlyAsync(new byte[Other.Length], Token);
        IOException exception = await Assert.ThrowsAsync<IOException>(async () => await body.ReadAsync(new byte[1], Token));

        Assert.Equal("The connection was reset.", exception.Message);
        Assert.Equal(UsageOutcome.Rejected, Assert.Single(_sink.Records).Outcome);
    }

    [Fact]
    public async Task Error_WhenTheHandlerAddedNothing_IsNotReadBeforeTheCallerReadsIt()
    {
        _server.Refusal = (400, Refusing);
        _server.RefusesAlways = true;
        using HttpClient client = new(Handler());
        using HttpRequestMessage request = Chat.Request("""{"model":"m","stream":true,"stream_options":{"include_usage":true}}""");

        using HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);

        Assert.Equal(0, _server.BytesRead);
        Assert.Equal(Refusing, await response.Content.ReadAsStringAsync(Token));
        Assert.Single(_server.Bodies);
        Assert.Equal(UsageRequested.ByCaller, Assert.Single(_sink.Records).UsageRequested);
    }

    [Fact]
    public async Task Refusal_OfTheCallersOwnRequestAsWell_IsTheCallersAndNotRemembered()
    {
        _server.Refusal = (400, Refusing);
        _server.RefusesAlways = true;
        UsageCaptureHandler handler = Handler();
        using var client = new HttpClient(handler);

        (HttpStatusCode answer, string text) = await CallAsync(client);
        await CallAsync(client);

        Assert.Equal((HttpStatusCode.BadRequest, Refusing), (answer, text));
        Assert.Equal(4, _server.Bodies.Count);
        Assert.Empty(_log.Entries);
    }

    [Fact]
    public async Task Refusal_WithTheOptionOff_IsTheCallers()
    {
        _server.Refusal = (400, Refusing);
        using HttpClient client = new(Handler(new UsageCaptureOptions { ResendWhenRefused = false }));

        (HttpStatusCode answer, string text) = await CallAsync(client);

        Assert.Equal((HttpStatusCode.BadRequest, Refusing), (answer, text));
        Assert.Single(_server.Bodies);
    }

    [Fact]
    public void Endpoints_ThatRefused_AreBoundedInNumber()
    {
        var endpoints = new UsageCapture.Capture.RefusingEndpoints();
        for (int i = 0; i <= UsageCapture.Capture.RefusingEndpoints.MaxEndpoints; i++)
        {
            Assert.True(endpoints.Add(Endpoint(i), _clock.GetUtcNow(), out _));
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.False(endpoints.Contains(Endpoint(0), _clock.GetUtcNow()));
        Assert.True(endpoints.Contains(Endpoint(1), _clock.GetUtcNow()));
        Assert.False(endpoints.Add(Endpoint(1), _clock.GetUtcNow(), out _));
    }

    private static UsageCapture.Capture.RefusingEndpoint Endpoint(int number) =>
        new("host", 443, $"/{number}/chat/completions", ApiVersion: null, Model: "m");

    private UsageCaptureHandler Handler(UsageCaptureOptions? options = null) =>
        new(_sink, options, _log, _clock) { InnerHandler = _server };

    private async Task<(HttpStatusCode Status, string Body)> CallAsync()
    {
        using HttpClient client = new(Handler());
        return await CallAsync(client);
    }

    private static async Task<(HttpStatusCode Status, string Body)> CallAsync(HttpClient client, string body = Streamed)
    {
        using HttpRequestMessage request = Chat.Request(body);
        using HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(Token));
    }

    /// <summary>A server that refuses requests with the option, or all of them.</summary>
    private sealed class StrictServer : HttpMessageHandler
    {
        public List<string> Bodies { get; } = [];

        public (int Status, string Body)? Refusal { get; set; }

        public bool RefusesAlways { get; set; }

        public bool Breaks { get; set; }

        public long BytesRead { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(Send(request, cancellationToken));

        protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            using var body = new MemoryStream();
            request.Content!.CopyTo(body, context: null, cancellationToken);
            string text = Encoding.UTF8.GetString(body.ToArray());
            Bodies.Add(text);
            return Refusal is { } refusal && (RefusesAlways || text.Contains("stream_options", StringComparison.Ordinal))
                ? Respond(refusal.Status, "application/json", refusal.Body, Breaks)
                : Respond(200, "text/event-stream", Chat.Text + Chat.Finish + Chat.Done, breaks: false);
        }

        private HttpResponseMessage Respond(int status, string type, string body, bool breaks) => new((HttpStatusCode)status)
        {
            Content = new StreamContent(new CountedStream(this, Encoding.UTF8.GetBytes(body), breaks))
            {
                Headers = { ContentType = new MediaTypeHeaderValue(type), ContentLength = body.Length },
            },
        };

        private sealed class CountedStream(StrictServer server, byte[] body, bool breaks) : MemoryStream(body)
        {
            public override bool CanSeek => false;

            public override int Read(byte[] buffer, int offset, int count) => Count(base.Read(buffer, offset, count));

            public override int Read(Span<byte> buffer) => Count(base.Read(buffer));

            public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
                ValueTask.FromResult(Read(buffer.Span));

            private int Count(int read)
            {
                server.BytesRead += read;
                return read == 0 && breaks ? throw new IOException("The connection was reset.") : read;
            }
        }
    }
}
