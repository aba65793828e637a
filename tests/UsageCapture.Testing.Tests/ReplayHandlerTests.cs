using System.Net;
using System.Text;
using System.Text.Json;

using RichardSzalay.MockHttp;

namespace UsageCapture.Testing.Tests;

/// <summary>Tests which recording answers which request.</summary>
public sealed class ReplayHandlerTests
{
    private const string Url = "https://api.openai.com/v1/chat/completions";
    private const string Body = """{"model":"gpt-5-mini","stream":true,"messages":[{"role":"user","content":"Hi"}]}""";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static Recording Recorded => Recordings.Get("openai-stream-trailing-usage");

    public static TheoryData<RequestMatch, string?> Matches => new()
    {
        { RequestMatch.Any, null },
        { new RequestMatch { Method = "post" }, null },
        { new RequestMatch { Method = "GET" }, "the method should be GET, but is POST" },
        { new RequestMatch { Path = "/v1/chat/completions" }, null },
        { new RequestMatch { Path = "*/chat/*" }, null },
        { new RequestMatch { Path = "/v1/*/completions*" }, null },
        { new RequestMatch { Path = "*/responses" }, "the path should be '*/responses', but is '/v1/chat/completions'" },
        { new RequestMatch { Model = "gpt-5-mini" }, null },
        { new RequestMatch { Model = "gpt-5" }, "the model should be 'gpt-5', but is 'gpt-5-mini'" },
        { new RequestMatch { IsStreaming = true }, null },
        { new RequestMatch { IsStreaming = false }, "the request should not ask for a stream, but does" },
        { WithBody("$.messages[0].role", "\"user\""), null },
        { WithBody("$.messages[0]", """{"content":"Hi","role":"user"}"""), null },
        { WithBody("$.messages[1].role", "\"user\""), "the body should have \"user\" at '$.messages[1].role', but has nothing there" },
        { WithBody("$.messages[0].role", "\"system\""), "the body should have \"system\" at '$.messages[0].role', but has \"user\"" },
    };

    [Theory]
    [MemberData(nameof(Matches))]
    public async Task Request_IsComparedWithTheMatch(RequestMatch match, string? difference)
    {
        using var http = new HttpClient(new ReplayHandler(Recorded.WithMatch(match)));

        Task<HttpResponseMessage> sending = SendAsync(http);

        if (difference is null)
        {
            Assert.Equal(HttpStatusCode.OK, (await sending).StatusCode);
        }
        else
        {
            UnmatchedRequestException exception = await Assert.ThrowsAsync<UnmatchedRequestException>(() => sending);
            Assert.StartsWith(
                $"No recording answers POST {Url} (model 'gpt-5-mini', streamed).{Environment.NewLine}- 'openai-stream-trailing-usage': {difference}.{Environment.NewLine}",
                exception.Message,
                StringComparison.Ordinal);
            Assert.Contains("To record one, send the request once through new RecordingHandler(\"../../../Recordings\")", exception.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Request_ForARecordingWithoutAMatch_IsComparedByMethodPathAndStream()
    {
        using var http = new HttpClient(new ReplayHandler(Recorded));

        UnmatchedRequestException exception = await Assert.ThrowsAsync<UnmatchedRequestException>(
            () => SendAsync(http, "https://other.example/v2/chat/completions", """{"model":"other"}"""));

        Assert.Contains(
            "the path should be '/v1/chat/completions', but is '/v2/chat/completions'; the request should ask for a stream, but does not.",
            exception.Message,
            StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(http, "https://other.example/v1/chat/completions", """{"model":"other","stream":true}""")).StatusCode);
    }

    [Theory]
    [InlineData("messages")]
    [InlineData("$.*")]
    [InlineData("$.nothing.*")]
    [InlineData("$..role")]
    [InlineData("$['messages']")]
    [InlineData("$.messages[*].role")]
    [InlineData("$.messages[?(@.role)]")]
    [InlineData("$.messages]")]
    [InlineData("$.stream options")]
    public async Task JsonPath_ThatIsNotSupported_Throws(string path)
    {
        using var http = new HttpClient(new ReplayHandler(Recorded.WithMatch(WithBody(path, "1"))));

        FormatException exception = await Assert.ThrowsAsync<FormatException>(() => SendAsync(http));

        Assert.Equal($"'{path}' is not a supported JSON path. Write member names and array indexes only, such as $.messages[0].role.", exception.Message);
    }

    [Theory]
    [InlineData("https://bedrock-runtime.us-east-1.amazonaws.com/model/m/converse-stream", true)]
    [InlineData("https://bedrock-runtime.us-east-1.amazonaws.com/model/m/invoke-with-response-stream", true)]
    [InlineData("https://generativelanguage.googleapis.com/v1beta/models/m:streamGenerateContent", true)]
    [InlineData("https://bedrock-runtime.us-east-1.amazonaws.com/model/m/converse", false)]
    [InlineData("https://generativelanguage.googleapis.com/v1beta/models/m:generateContent", false)]
    public async Task Path_SaysWhetherTheRequestAsksForAStream(string url, bool isStreaming)
    {
        using var http = new HttpClient(new ReplayHandler(Recorded.WithMatch(new RequestMatch { IsStreaming = isStreaming })));

        Assert.Equal(HttpStatusCode.OK, (await SendAsync(http, url, "{}")).StatusCode);
    }

    [Fact]
    public async Task Recordings_ThatAllMatch_AnswerInOrderAndTheLastOneRepeats()
    {
        var replay = new ReplayHandler(ChatStream.CreateRejection(429, "rate_limit_exceeded"), ChatStream.CreateRejection(503, "overloaded"), Recorded);
        using var http = new HttpClient(replay);

        Assert.Equal(3, replay.UnusedRecordings.Count);
        Assert.Equal(
            [429, 503, 200, 200],
            new[] { await SendAsync(http), await SendAsync(http), await SendAsync(http), await SendAsync(http) }.Select(response => (int)response.StatusCode));
        Assert.Empty(replay.UnusedRecordings);
        Assert.Equal(4, replay.RequestBodies.Count);
    }

    [Fact]
    public async Task Recordings_ReplayedStrictly_AnswerOnceAndInOrder()
    {
        Recording other = Recordings.Get("openai-json");
        using var http = new HttpClient(new ReplayHandler(other, Recorded) { IsOrderRequired = true });

        UnmatchedRequestException early = await Assert.ThrowsAsync<UnmatchedRequestException>(() => SendAsync(http));
        await SendAsync(http, body: "{}");
        await SendAsync(http);
        UnmatchedRequestException late = await Assert.ThrowsAsync<UnmatchedRequestException>(() => SendAsync(http));

        Assert.Contains("- 'openai-json': the request should not ask for a stream, but does.", early.Message, StringComparison.Ordinal);
        Assert.Contains("- 'openai-stream-trailing-usage': an earlier recording has not answered yet.", early.Message, StringComparison.Ordinal);
        Assert.Contains("- 'openai-json': it has answered already.", late.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Handler_WithoutRecordings_ThrowsAndSaysSo()
    {
        using var http = new HttpClient(new ReplayHandler());

        UnmatchedRequestException exception = await Assert.ThrowsAsync<UnmatchedRequestException>(() => SendAsync(http));

        Assert.Contains("(model 'gpt-5-mini', streamed). There are no recordings.", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task MockHttp_RespondsWithRecordings_InOrder()
    {
        using var mock = new MockHttpMessageHandler();
        mock.When("*/chat/completions").RespondWithRecording(ChatStream.CreateRejection(429, "rate_limit_exceeded"), Recorded);
        using HttpClient http = mock.ToHttpClient();

        Assert.Equal(HttpStatusCode.TooManyRequests, (await SendAsync(http, "https://gateway.example/llm/chat/completions")).StatusCode);
        HttpResponseMessage response = await SendAsync(http, "https://gateway.example/llm/chat/completions");
        Assert.Equal(Recorded.Body.ToArray(), await response.Content.ReadAsByteArrayAsync(Token));
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(http, "https://gateway.example/other")).StatusCode);
    }

    private static RequestMatch WithBody(string path, string value) =>
        new() { BodyValues = new Dictionary<string, JsonElement> { [path] = JsonElement.Parse(value) } };

    private static async Task<HttpResponseMessage> SendAsync(HttpClient http, string url = Url, string body = Body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        return await http.PostAsync(new Uri(url), content, Token);
    }
}
