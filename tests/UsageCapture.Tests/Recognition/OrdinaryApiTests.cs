using System.Net;
using System.Text;

namespace UsageCapture.Tests.Recognition;

/// <summary>Ordinary APIs whose paths look like those of language-model APIs, and calls that make no model generate, leave no record.</summary>
public sealed class OrdinaryApiTests
{
    private const string Chat = """{"id":"c-1","object":"chat.completion","model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"Hi"},"finish_reason":"stop"}],"usage":{"prompt_tokens":9,"completion_tokens":4,"total_tokens":13}}""";
    private const string Response = """{"id":"resp_1","object":"response","model":"m","status":"completed","output":[],"usage":{"input_tokens":9,"output_tokens":4,"total_tokens":13}}""";
    private const string Run = """{"id":"run_1","object":"thread.run","model":"m","status":"completed","usage":{"prompt_tokens":9,"completion_tokens":4,"total_tokens":13}}""";

    /// <summary>The address, the request and the response of calls in the style of well-known APIs of other kinds.</summary>
    public static TheoryData<string, string, string> Ordinary => new()
    {
        { "https://sms.example/v1/messages", """{"to":"+491","from":"+492","body":"Your code is 1"}""", """{"id":"m1","status":"queued","type":"message"}""" },
        { "https://api.mail.example/v1/messages", """{"to":["a@b.example"],"subject":"Hello","html":"x"}""", """{"id":"m2","message":"Queued."}""" },
        { "https://push.example/v1/messages", """{"message":{"token":"t","notification":{"title":"Hi"}}}""", """{"name":"projects/p/messages/1"}""" },
        { "https://queue.example/api/v1/messages", """{"messages":[{"payload":"a"},{"payload":"b"}]}""", """{"ids":["1","2"]}""" },
        { "https://whatsapp.example/v1/messages", """{"messaging_product":"w","type":"text","text":{"body":"Hi"}}""", """{"messages":[{"id":"w1"}]}""" },
        { "https://survey.example/v3/surveys/12/responses", """{"pages":[{"id":"1","questions":[]}]}""", """{"id":"5","status":"completed","response_status":"completed"}""" },
        { "https://forms.example/forms/abc/responses", """{"answers":[{"field":"f","text":"yes"}]}""", """{"token":"t","status":"completed"}""" },
        { "https://quiz.example/api/responses", """{"input":"my answer","question":4}""", """{"id":1,"status":"graded","score":7}""" },
        { "https://help.example/tickets/4/responses", """{"prompt":"Please wait","agent":"a"}""", """{"id":"r4","status":"sent"}""" },
        { "https://shop.example/api/chat", """{"message":"Where is my order?","session":"s"}""", """{"answer":"On its way.","done":true}""" },
        { "https://games.example/api/chat", """{"room":"lobby","text":"hi all"}""", """{"ok":true}""" },
        { "https://support.example/api/chat", """{"messages":[{"from":"me","text":"Hi"}],"stream":true}""", """{"id":"c","created_at":"2026-01-01","status":"open"}""" },
        { "https://meet.example/v1/chat", """{"channel":"c","message":"Hi"}""", """{"message_id":"1"}""" },
        { "https://meet.example/v2/chat", """{"channel":"c","messages":["Hi"],"model":"group"}""", """{"message_id":"1","finish_reason":"sent"}""" },
        { "https://crm.example/v1/chat", """{"contact":"1","message":"Hi"}""", """{"data":{"id":"1"},"meta":{"page":1}}""" },
        { "https://search.example/completions", """{"q":"shoe","limit":5}""", """{"choices":[{"text":"shoes"},{"text":"shoelace"}]}""" },
        { "https://address.example/v1/completions", """{"prompt":"10 Main St"}""", """{"completions":["10 Main Street"]}""" },
        { "https://courses.example/users/7/completions", """{"course":"c1","grade":93}""", """{"id":9,"object":"completion","model":"course"}""" },
        { "https://photos.example/images/edits", """{"image":"i1","crop":{"x":1}}""", """{"data":[{"url":"https://photos.example/i2"}]}""" },
        { "https://print.example/images/generations", """{"template":"t","prompt":"Name"}""", """{"data":[{"url":"https://print.example/1.png"}],"created":1}""" },
        { "https://search.example/rerank", """{"query":"shoe","documents":["a","b"]}""", """[{"index":1,"score":0.9}]""" },
        { "https://search.example/v1/rerank", """{"ids":[3,4,5]}""", """{"results":[{"id":4,"relevance_score":1}]}""" },
        { "https://graph.example/embeddings", """{"nodes":["a"],"input":"x"}""", """{"data":[{"embedding":[0.1]}]}""" },
        { "https://geo.example/v1/embed", """{"url":"https://map.example"}""", """{"html":"<iframe>"}""" },
        { "https://video.example/api/embed", """{"video":"v1","input":"x"}""", """{"embeddings":[],"html":"<iframe>"}""" },
        { "https://codes.example/api/generate", """{"prompt":"QR","size":20}""", """{"image":"data","created_at":"2026-01-01"}""" },
        { "https://media.example/audio/transcriptions", """{"file":"f1","language":"de"}""", """{"id":"job1","status":"queued"}""" },
        { "https://phone.example/audio/speech", """{"input":"Welcome","voice":"v"}""", """{"url":"https://phone.example/1.mp3"}""" },
        { "https://chain.example/threads/t1/runs", """{"assistant_id":"a","input":{"x":1}}""", """{"run_id":"r","thread_id":"t1","status":"pending"}""" },
        { "https://ui.example/v1beta/interactions", """{"target":"button","kind":"click"}""", """{"id":"i","status":"recorded"}""" },
        { "https://search.example/completion", """{"prefix":"sho","limit":5}""", """{"completion":"shoe","stop":false}""" },
        { "https://address.example/v1/completion", """{"prompt":"10 Main St"}""", """{"content":"10 Main Street"}""" },
        { "https://courses.example/users/7/completion", """{"model":"course","grade":93}""", """{"id":9,"type":"completion","model":"course"}""" },
        { "https://search.example/v1/complete", """{"model":"shoes","prompt":"sho"}""", """{"type":"completion","text":"shoe"}""" },
        { "https://codes.example/generate", """{"prompt":"QR","model":"square"}""", """{"image":"data","details":{"size":20}}""" },
        { "https://names.example/v1/generate", """{"inputs":["a"],"model":"latin"}""", """{"names":["Ada"],"token":{"id":1}}""" },
        { "https://reports.example/generate", """{"inputs":{"year":2026}}""", """{"url":"https://reports.example/1.pdf","success":true}""" },
        { "https://credit.example/v1/decisions", """{"model":"credit-2","input":{"amount":49}}""", """{"id":"d1","model":"credit-2","decision":"approve","usage":{"calls":1}}""" },
        { "https://policy.example/api/v1/decisions", """{"state":{"user":"a"},"questions":["allow?"]}""", """{"answers":[{"type":"allow"}]}""" },
        { "https://court.example/v1/decisions", """{"title":"Case 1","text":"x"}""", """{"id":1,"answers":{},"model":"m"}""" },
        { "https://quiz.example/v1/systemone", """{"model":"m","state":"a"}""", """{"answers":{"a":1}}""" },
        { "https://code.example/infill", """{"model":"m","color":"red"}""", """{"stop":true,"tokens_predicted":1}""" },
        { "https://jobs.example/ai/run/nightly", """{"prompt":"x","model":"m"}""", """{"success":true,"result":{"usage":{"seconds":3}}}""" },
        { "https://batch.example/services/x/generation", """{"job":"nightly"}""", """{"request_id":"q","code":""}""" },
    };

    /// <summary>Calls of language-model APIs that make no model generate, with the stored response that they answer with.</summary>
    public static TheoryData<string, string> WithoutGeneration => new()
    {
        { "https://api.openai.com/v1/chat/completions/chatcmpl-1", Chat },
        { "https://x.openai.azure.com/openai/v1/chat/completions/chatcmpl-1?api-version=preview", Chat },
        { "https://gateway.example/llm/v1/chat/completions/chatcmpl-1/", Chat },
        { "https://api.openai.com/v1/responses/resp_1", Response },
        { "https://api.openai.com/v1/responses/resp_1/cancel", Response },
        { "https://gateway.example/openai/responses/resp_1/cancel", Response },
        { "https://api.openai.com/v1/responses/input_tokens", """{"object":"response.input_tokens","input_tokens":11}""" },
        { "https://api.openai.com/v1/threads/t/runs/run_1", Run },
        { "https://api.openai.com/v1/threads/t/runs/run_1/cancel", Run },
        { "https://api.openai.com/v1/conversations", """{"id":"conv_1","object":"conversation"}""" },
        { "https://api.openai.com/v1/conversations/conv_1", Response },
        { "https://api.openai.com/v1/conversations/conv_1/items", Response },
        { "https://api.openai.com/v1/moderations", Chat },
        { "https://api.openai.com/v1/batches", Chat },
        { "https://api.openai.com/v1/files", Chat },
        { "https://api.openai.com/v1/vector_stores/vs_1/search", Chat },
        { "https://api.openai.com/v1/models", Chat },
        { "https://api.openai.com/v1/fine_tuning/alpha/graders/validate", """{"grader":{"type":"score_model","model":"m"}}""" },
        { "https://api.openai.com/v1/fine_tuning/jobs", Chat },
        { "https://api.anthropic.com/v1/messages/count_tokens", """{"input_tokens":12}""" },
        { "https://api.anthropic.com/v1/messages/batches", """{"id":"b","type":"message","role":"x","model":"m"}""" },
        { "https://generativelanguage.googleapis.com/v1beta/models/gemini-x:countTokens", """{"totalTokens":12}""" },
        { "https://generativelanguage.googleapis.com/v1beta/interactions/i-1/cancel", Response },
        { "http://localhost:11434/api/show", """{"model":"m","created_at":"x","done":true}""" },
        { "http://localhost:11434/api/pull", """{"model":"m","created_at":"x","done":true}""" },
    };

    [Theory]
    [MemberData(nameof(Ordinary))]
    public async Task Call_OfAnOrdinaryApi_LeavesNoRecordAndIsUnchanged(string url, string request, string response)
    {
        Assert.Empty(await CaptureAsync(url, request, response, HttpStatusCode.OK));
        Assert.Empty(await CaptureAsync(url, request, response, HttpStatusCode.BadRequest));
    }

    [Theory]
    [MemberData(nameof(WithoutGeneration))]
    public async Task Call_ThatGeneratesNothing_LeavesNoRecord(string url, string response) =>
        Assert.Empty(await CaptureAsync(url, """{"metadata":{"a":"b"}}""", response, HttpStatusCode.OK));

    [Theory]
    [InlineData("https://gateway.example/v1/chat/completions", """{"model":"m","messages":[]}""")]
    [InlineData("https://gateway.example/openai/deployments/d/chat/completions", """{"messages":[]}""")] // The path names the model.
    [InlineData("https://api.openai.com/v1/chat/completions", "{}")] // A known host is proof enough.
    public async Task Call_ThatLooksLikeTheApi_LeavesARecordThoughItIsRejected(string url, string request) =>
        Assert.Single(await CaptureAsync(url, request, "{}", HttpStatusCode.BadRequest));

    [Fact]
    public async Task Call_WhoseResponseLooksLikeAnApi_LeavesARecordThoughItsRequestDoesNot() =>
        Assert.Equal(13, Assert.Single(await CaptureAsync("https://gateway.example/v1/chat", """{"q":1}""", Chat, HttpStatusCode.OK)).Usage?.TotalTokens);

    [Fact]
    public async Task Path_ThatIsExcluded_LeavesNoRecord()
    {
        var options = new UsageCaptureOptions { ExcludedPaths = { "/chat/completions/" } };

        Assert.Empty(await CaptureAsync("https://api.openai.com/v1/Chat/completions", """{"model":"m","messages":[],"stream":true}""", Chat, HttpStatusCode.OK, options));
        Assert.Single(await CaptureAsync("https://api.openai.com/v1/responses", "{}", Response, HttpStatusCode.OK, options));
    }

    [Fact]
    public async Task Request_ThatIsExcluded_LeavesNoRecord() => Assert.Empty(await CaptureAsync(
        "https://api.openai.com/v1/chat/completions", """{"model":"m","stream":true}""", Chat, HttpStatusCode.OK, change: request => request.ExcludeFromUsageCapture()));

    [Theory]
    [InlineData("api/chat")]
    [InlineData("/")]
    [InlineData("")]
    public void ExcludedPath_ThatIsNoPath_IsReported(string path)
    {
        var options = new UsageCaptureOptions { ExcludedPaths = { path } };

        Exception exception = Assert.ThrowsAny<Exception>(() => new UsageCaptureHandler([], options));

        Assert.Contains("ExcludedPaths", exception.Message, StringComparison.Ordinal);
    }

    private static async Task<IReadOnlyList<UsageRecord>> CaptureAsync(
        string url, string requestBody, string responseBody, HttpStatusCode status, UsageCaptureOptions? options = null, Action<HttpRequestMessage>? change = null)
    {
        var sink = new InMemoryUsageSink();
        string sent = "";
        using var server = new AnsweringHandler(async (request, cancellationToken) =>
        {
            sent = await request.Content!.ReadAsStringAsync(cancellationToken);
            return new HttpResponseMessage(status) { Content = new StringContent(responseBody, Encoding.UTF8, "application/json") };
        });
        using var client = new HttpClient(new UsageCaptureHandler(sink, options) { InnerHandler = server });
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new StringContent(requestBody, Encoding.UTF8, "application/json") };
        change?.Invoke(request);

        using HttpResponseMessage response = await client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(responseBody, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(requestBody, sent);
        return sink.Records;
    }
}
