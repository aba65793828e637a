using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;

using Microsoft.Extensions.Logging;

using UsageCapture.Testing;

namespace UsageCapture.Tests.Requests;

/// <summary>A server that does not take what the handler adds is sent the caller's request, and is not asked again for a while.</summary>
public sealed class RefusalTests
{
    private const string Streamed = """{"model":"m","stream":true}""";
    private const string Refusing = """{"error":{"message":"Unknown parameter: 'stream_options'.","type":"invalid_request_error","param":"stream_options","code":"unknown_parameter"}}""";
    private const string Other = """{"error":{"message":"Invalid value.","type":"invalid_request_error","param":"temperature","code":null}}""";

    private static readonly Recording Answer = Chat.Of(Chat.Text, Chat.Finish, Chat.Done);
    private static readonly RequestMatch Asking = new()
    {
        BodyValues = new Dictionary<string, JsonElement> { ["$.stream_options.include_usage"] = JsonElement.Parse("true") },
    };

    private readonly InMemoryUsageSink _sink = new();
    private readonly ManualTimeProvider _clock = new();
    private readonly CollectingLogger<UsageCaptureHandler> _log = new();

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
        { 400, """{"error":{"code":400,"message":"Invalid JSON payload. Unknown name \"stream_options\": Cannot find field.","status":"INVALID_ARGUMENT"}}""" }, // Google
        { 400, """{"errors":{"stream_options":["Unknown field."]}}""" },
        { 400, """{"stream_options": "this field is not known"}""" },
        { 400, """{"issues":{"stream_options":{"_errors":["Unrecognized key"]}}}""" },
        { 500, """{"error":{"message":"upstream said: extraneous key [include_usage] is not permitted","code":"500"}}""" }, // LiteLLM
        { 400, """{"error":{"message":"Stream options can only be defined when `stream=True`.","type":"BadRequestError"}}""" }, // vLLM
        { 400, """{"error":"unknown option streamOptions"}""" },
        { 409, """{"error":"STREAM_OPTIONS is not supported"}""" },
        { 400, """{"error":"unknown key 'stream_options': {'include_usage': True}"}""" },
        { 502, Refusing },
        { 503, Refusing },
        { 404, Refusing },
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Wordings))]
    public async Task Refusal_InAnyWording_IsAnsweredWithTheCallersOwnRequest(int status, string body)
    {
        ReplayHandler server = Script(Refusal(status, body).WithMatch(Asking), Answer);
        using HttpClient client = Client(server);

        (HttpStatusCode answer, string text) = await CallAsync(client);

        Assert.Equal((HttpStatusCode.OK, Chat.Text + Chat.Finish + Chat.Done), (answer, text));
        Assert.Equal(2, server.RequestBodies.Count);
        Assert.Equal(Streamed, Encoding.UTF8.GetString(server.RequestBodies[1].Span));
        UsageRecord record = Assert.Single(await _sink.WaitForAsync(1, Token));
        Assert.Equal(
            (UsageOutcome.Completed, UsageStatus.Missing, UsageRequestState.RefusedByServer, 200),
            (record.Outcome, record.Status, record.UsageRequest!.Value, record.StatusCode!.Value));
        (LogLevel level, string message) = Assert.Single(_log.Entries);
        Assert.Equal(LogLevel.Warning, level);
        Assert.StartsWith("api.openai.com/v1/chat/completions rejects stream_options for the model m", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refusal_OfASynchronousCall_IsAnsweredWithTheCallersOwnRequest()
    {
        using HttpClient client = Client(Script(Refusal(400, Refusing).WithMatch(Asking), Answer));
        using HttpRequestMessage request = Chat.Request(Streamed);

        using HttpResponseMessage response = client.Send(request, Token);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(UsageRequestState.RefusedByServer, Assert.Single(_sink.Records).UsageRequest);
    }

    [Fact]
    public async Task Endpoint_ThatRefused_IsNotAskedAgainForAnHour()
    {
        Recording refusal = Refusal(400, Refusing).WithMatch(Asking);
        ReplayHandler server = Script(refusal, Answer, Answer, refusal, Answer, Answer.WithMatch(Asking));
        using HttpClient client = Client(server);

        await CallAsync(client);
        await CallAsync(client);
        Assert.Equal(3, server.RequestBodies.Count);
        Assert.Equal([UsageRequestState.RefusedByServer, UsageRequestState.RefusedByServer], _sink.Records.Select(record => record.UsageRequest!.Value));
        Assert.Single(_log.Entries);

        await CallAsync(client, """{"model":"other","stream":true}""");
        Assert.Equal(5, server.RequestBodies.Count);

        _clock.Advance(TimeSpan.FromHours(1));
        await CallAsync(client);
        Assert.Equal(UsageRequestState.AskedByHandler, _sink.Records[^1].UsageRequest);
    }

    [Fact]
    public async Task Endpoint_ThatRefusedBehindARedirect_IsNotAskedAgain()
    {
        Recording refusal = Refusal(400, Refusing).WithMatch(Asking);
        ReplayHandler server = Script(refusal, Answer, Answer);
        using HttpClient client = Client(new Redirecting { InnerHandler = server });

        await CallAsync(client);
        await CallAsync(client);

        Assert.Equal(3, server.RequestBodies.Count);
        Assert.Equal([UsageRequestState.RefusedByServer, UsageRequestState.RefusedByServer], _sink.Records.Select(record => record.UsageRequest!.Value));
    }

    [Theory]
    [InlineData(400, Other)]
    [InlineData(400, """{"detail":[{"type":"missing","loc":["body","messages"],"msg":"Field required","input":{"stream":true,"stream_options":{"include_usage":true}}}]}""")]
    [InlineData(422, """{"error":"bad request: {\"stream_options\": {\"include_usage\": true}}"}""")]
    [InlineData(429, Refusing)]
    [InlineData(504, Refusing)]
    [InlineData(400, """{"error":{"message":"Got an unexpected value: {'stream_options': {'include_usage': True}, 'stream': True}"}}""")]
    [InlineData(500, """{"error":{"message":"completion(model='m', stream_options={'include_usage': True}) failed"}}""")]
    [InlineData(400, """{"error":"bad temperature in map[model:m stream:true stream_options:map[include_usage:true]]"}""")] // Go
    [InlineData(400, """{"error":"bad temperature in Request { stream: true, stream_options: Some(StreamOptions { include_usage: true }) }"}""")] // Rust
    [InlineData(400, """{"error":"bad temperature in Request(stream=True, stream_options=StreamOptions(include_usage=True))"}""")]
    [InlineData(400, "{\"request\": {\n  \"stream_options\" :\n  {\n    \"include_usage\" : true\n  }\n}}")]
    [InlineData(400, """{"error":"bad temperature in {\n  \"stream_options\":\n  {\n  \"include_usage\": true}}"}""")]
    [InlineData(400, "")]
    public async Task Error_ThatIsNoRefusal_IsTheCallersUntouched(int status, string body)
    {
        ReplayHandler server = Script(Refusal(status, body).WithMatch(Asking));
        using HttpClient client = Client(server);

        (HttpStatusCode answer, string text) = await CallAsync(client);

        Assert.Equal(((HttpStatusCode)status, body), (answer, text));
        Assert.Single(server.RequestBodies);
        UsageRecord record = Assert.Single(_sink.Records);
        Assert.Equal((UsageOutcome.Rejected, UsageRequestState.AskedByHandler), (record.Outcome, record.UsageRequest!.Value));
    }

    [Theory]
    [InlineData(10)]
    [InlineData(40_000)]
    public async Task Error_ThatWasLookedInto_ReadsAsItDid(int padding)
    {
        string body = "{\"error\":{\"message\":\"" + new string('x', padding) + "\",\"code\":\"bad\"}}";
        using HttpClient client = Client(Script(Refusal(400, body).WithMatch(Asking)));
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
        using HttpClient client = Client(Script(Refusal(400, Other).WithMatch(Asking).ResetAfter(Other.Length)));
        using HttpRequestMessage request = Chat.Request(Streamed);
        using HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
        Stream body = await response.Content.ReadAsStreamAsync(Token);

        await body.ReadExactlyAsync(new byte[Other.Length], Token);
        IOException exception = await Assert.ThrowsAsync<IOException>(async () => await body.ReadAsync(new byte[1], Token));

        Assert.Equal("Unable to read data from the transport connection: Connection reset by peer.", exception.Message);
        Assert.Equal(UsageOutcome.Rejected, Assert.Single(_sink.Records).Outcome);
    }

    [Fact]
    public async Task Error_WhenTheHandlerAddedNothing_IsNotReadBeforeTheCallerReadsIt()
    {
        ReplayHandler server = Script(Refusal(400, Refusing));
        var witness = new WitnessHandler { InnerHandler = server };
        using HttpClient client = Client(witness);
        using HttpRequestMessage request = Chat.Request("""{"model":"m","stream":true,"stream_options":{"include_usage":true}}""");

        using HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);

        Assert.Equal(0, Assert.Single(witness.Bodies).Length);
        Assert.Equal(Refusing, await response.Content.ReadAsStringAsync(Token));
        Assert.Single(server.RequestBodies);
        Assert.Equal(UsageRequestState.AskedByCaller, Assert.Single(_sink.Records).UsageRequest);
    }

    [Fact]
    public async Task Refusal_OfTheCallersOwnRequestAsWell_IsTheCallersAndNotRemembered()
    {
        Recording refusal = Refusal(400, Refusing);
        ReplayHandler server = Script(refusal.WithMatch(Asking), refusal, refusal.WithMatch(Asking), refusal);
        using HttpClient client = Client(server);

        (HttpStatusCode answer, string text) = await CallAsync(client);
        await CallAsync(client);

        Assert.Equal((HttpStatusCode.BadRequest, Refusing), (answer, text));
        Assert.Equal(4, server.RequestBodies.Count);
        Assert.Empty(_log.Entries);
    }

    [Fact]
    public async Task Refusal_WithTheOptionOff_IsTheCallers()
    {
        ReplayHandler server = Script(Refusal(400, Refusing).WithMatch(Asking));
        using HttpClient client = Client(server, new UsageCaptureOptions { ResendWhenRefused = false });

        (HttpStatusCode answer, string text) = await CallAsync(client);

        Assert.Equal((HttpStatusCode.BadRequest, Refusing), (answer, text));
        Assert.Single(server.RequestBodies);
    }

    [Fact]
    public void Endpoints_ThatRefused_AreBoundedInNumber()
    {
        var endpoints = new UsageCapture.Requests.RefusingEndpoints();
        for (int i = 0; i <= UsageCapture.Requests.RefusingEndpoints.MaxEndpoints; i++)
        {
            Assert.True(endpoints.TryAdd(Endpoint(i), _clock.GetUtcNow(), out _));
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.False(endpoints.Contains(Endpoint(0), _clock.GetUtcNow()));
        Assert.True(endpoints.Contains(Endpoint(1), _clock.GetUtcNow()));
        Assert.False(endpoints.TryAdd(Endpoint(1), _clock.GetUtcNow(), out _));
    }

    [Fact]
    public void Endpoint_ThatRefusedAnHourAgo_IsRememberedAgain()
    {
        var endpoints = new UsageCapture.Requests.RefusingEndpoints();
        Assert.True(endpoints.TryAdd(Endpoint(0), _clock.GetUtcNow(), out DateTimeOffset until));

        Assert.False(endpoints.TryAdd(Endpoint(0), until.AddTicks(-1), out _));
        Assert.True(endpoints.TryAdd(Endpoint(0), until, out DateTimeOffset next));
        Assert.True(endpoints.Contains(Endpoint(0), next.AddTicks(-1)));
    }

    private static UsageCapture.Requests.EndpointKey Endpoint(int number) =>
        new("host", 443, $"/{number}/chat/completions", ApiVersion: null, Model: "m");

    private static ReplayHandler Script(params Recording[] answers) => new(answers) { IsOrderRequired = true };

    private static Recording Refusal(int status, string body) => Chat.Of(body).WithStatus(status)
        .WithHeader("content-type", "application/json")
        .WithHeader("content-length", body.Length.ToString(CultureInfo.InvariantCulture));

    private HttpClient Client(HttpMessageHandler server, UsageCaptureOptions? options = null) =>
        new(new UsageCaptureHandler(_sink, options, _log, _clock) { InnerHandler = server });

    private static async Task<(HttpStatusCode Status, string Body)> CallAsync(HttpClient client, string body = Streamed)
    {
        using HttpRequestMessage request = Chat.Request(body);
        using HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(Token));
    }

    /// <summary>Changes the request's address as it is followed to another, as the framework's own handler does.</summary>
    private sealed class Redirecting : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.RequestUri = new Uri("https://elsewhere.example/v1/chat/completions");
            return base.SendAsync(request, cancellationToken);
        }
    }
}
