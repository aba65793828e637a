using System.Net;
using System.Text;

namespace UsageCapture.Testing.Tests;

/// <summary>Tests that responses are recorded once and replayed afterwards, and that no secret is written.</summary>
public sealed class RecordingHandlerTests
{
    private const string Key = "sk-proj-abcdefghijklmnop";
    private const string Body = """{"model":"gpt-5-mini","stream":true,"user":"alice","metadata":{"team":"red","n":"1"},"messages":[{"role":"user","content":"Hi, I am bob@acme.example"}]}""";

    private static readonly Recording Hello = ChatStream.Create("gpt-5-mini").Text("Hello").Finish("stop").Usage(prompt: 1, completion: 2).ToRecording();

    private readonly string _folder = Path.Combine(Directory.CreateTempSubdirectory("recordings").FullName, "new");
    private readonly RecordingHandlerOptions _options = new() { ReadEnvironmentVariable = _ => null };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Request_SentAgain_IsReplayed()
    {
        var server = new ReplayHandler(Hello.InChunksByEvent());

        byte[] sent = await (await SendAsync(server)).Content.ReadAsByteArrayAsync(Token);
        byte[] replayed = await (await SendAsync(server)).Content.ReadAsByteArrayAsync(Token);

        Assert.Single(server.RequestBodies);
        Assert.Equal(Hello.Body.ToArray(), sent);
        Assert.Equal(sent, replayed);
        Recording recording = Assert.Single(RecordingFiles.LoadFolder(_folder));
        Assert.StartsWith("chat-completions-gpt-5-mini-", recording.Name, StringComparison.Ordinal);
        Assert.Equal(5, recording.Response.Chunks!.Count);
        Assert.Equal("text/event-stream", Assert.Single(recording.Response.Headers!).Value);
    }

    [Fact]
    public async Task Request_SentSynchronously_IsRecordedAndReplayed()
    {
        var server = new ReplayHandler(Hello);
        for (int i = 0; i < 2; i++)
        {
            using var http = new HttpClient(new RecordingHandler(_folder, _options) { InnerHandler = server });
            using HttpRequestMessage request = Request();
            using HttpResponseMessage response = http.Send(request, Token);
            Assert.Equal(Hello.Body.ToArray(), await response.Content.ReadAsByteArrayAsync(Token));
        }

        Assert.Single(server.RequestBodies);
    }

    [Fact]
    public async Task Request_SentTwice_HasTwoRecordings()
    {
        using var http = new HttpClient(new RecordingHandler(_folder, _options)
        {
            InnerHandler = new ReplayHandler(ChatStream.CreateRejection(429, "rate_limit_exceeded", TimeSpan.Zero), Hello),
        });
        for (int i = 0; i < 2; i++)
        {
            using HttpRequestMessage request = Request();
            using HttpResponseMessage response = await http.SendAsync(request, Token);
        }

        Recording[] recordings = [.. RecordingFiles.LoadFolder(_folder)];
        Assert.Equal([429, 200], recordings.Select(recording => recording.Response.Status));
        Assert.Equal(recordings[0].Name + "-2", recordings[1].Name);
        Assert.Equal("0", recordings[0].Response.Headers!["retry-after"]);
    }

    [Fact]
    public async Task Response_WhoseContentIsRemoved_IsRecordedWithHeadersAndDecompressed()
    {
        var server = new ReplayHandler(Hello.InChunksByEvent().Gzipped());
        using (var http = new HttpClient(new RecordingHandler(_folder, _options) { InnerHandler = server }))
        {
            using HttpRequestMessage request = Request();
            using HttpResponseMessage response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);

            // SDKs on System.ClientModel do the same.
            using HttpContent content = response.Content;
            response.Content = null;
            await content.ReadAsByteArrayAsync(Token);
        }

        Recording recording = Assert.Single(RecordingFiles.LoadFolder(_folder));
        Assert.Equal("text/event-stream", Assert.Single(recording.Response.Headers!).Value);
        Assert.Equal(Hello.Body.ToArray(), recording.Body.ToArray());
    }

    [Fact]
    public async Task Query_WithCommonValues_LeavesTheBodyReadable()
    {
        var server = new ReplayHandler(Hello.WithMatch(RequestMatch.Any));
        using (var http = new HttpClient(new RecordingHandler(_folder, _options) { InnerHandler = server }))
        {
            using HttpRequestMessage request = Request();
            request.RequestUri = new Uri("https://api.openai.com/v1/chat/completions?page=1&stream=true&cache=false&tenant=Hello");
            using HttpResponseMessage response = await http.SendAsync(request, Token);
        }

        Recording recording = Assert.Single(RecordingFiles.LoadFolder(_folder));
        Assert.Equal("?page=X&stream=X&cache=X&tenant=X", recording.Request.Url.Query);
        Assert.Equal(Encoding.UTF8.GetString(Hello.Body.Span).Replace("Hello", "XXXXX", StringComparison.Ordinal), Encoding.UTF8.GetString(recording.Body.Span));
    }

    [Fact]
    public async Task Request_WhereCIIsTrue_IsNeverSent()
    {
        var server = new ReplayHandler(Hello);
        _options.ReadEnvironmentVariable = name => name == "CI" ? "true" : null;
        _options.Mode = RecordingMode.Record;

        UnmatchedRequestException exception = await Assert.ThrowsAsync<UnmatchedRequestException>(() => SendAsync(server));

        Assert.Empty(server.RequestBodies);
        Assert.StartsWith(
            $"No recording answers POST https://api.openai.com/v1/chat/completions (model 'gpt-5-mini', streamed). The file '{_folder}{Path.DirectorySeparatorChar}chat-completions-gpt-5-mini-",
            exception.Message,
            StringComparison.Ordinal);
        Assert.Contains("without CI=true in the environment and with a valid API key, and commit the .json file and the body file beside it.", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Recording_RecordedAgain_ReplacesTheOldOne()
    {
        await (await SendAsync(new ReplayHandler(Hello))).Content.LoadIntoBufferAsync(Token);
        _options.Mode = RecordingMode.Record;

        await (await SendAsync(new ReplayHandler(Hello.WithErrorAfter(1, "overloaded")))).Content.LoadIntoBufferAsync(Token);

        Assert.Contains("overloaded", Encoding.UTF8.GetString(Assert.Single(RecordingFiles.LoadFolder(_folder)).Body.Span), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Secrets_OfRequestAndResponse_AreNotWritten()
    {
        const string Answer = """{"account":"acme-prod","key":"sk-proj-abcdefghijklmnop","other":"gsk_1234567890abcdefghij","org":"org-1234567890abcdef","host":"acme-prod.openai.azure.com","mail":"Bob@acme.example","codename":"Zürich"}""";
        _options.Secrets.Add("Zürich");
        var server = new ReplayHandler(Hello.WithBody(Encoding.UTF8.GetBytes(Answer)).WithMatch(RequestMatch.Any)
            .WithHeader("openai-organization", "acme").WithHeader("set-cookie", "session=1").WithHeader("x-request-id", "req_1"));

        using (HttpResponseMessage response = await SendAsync(server, "https://acme-prod.openai.azure.com/openai/deployments/mini/chat/completions?api-version=2024-10-21&code=tellnobody"))
        {
            Assert.Equal(Answer, await response.Content.ReadAsStringAsync(Token)); // The caller still reads the original.
        }

        string written = string.Concat(Directory.GetFiles(_folder).Select(File.ReadAllText));
        foreach (string secret in (string[])["acme", "sk-proj", "abcdefgh", "gsk_", "org-1", "tellnobody", "bob@", "alice", "red", "session", "req_1", "Zürich"])
        {
            Assert.DoesNotContain(secret, written, StringComparison.OrdinalIgnoreCase);
        }

        Recording recording = Assert.Single(RecordingFiles.LoadFolder(_folder));
        Assert.Equal("https://account.openai.azure.com/openai/deployments/mini/chat/completions?api-version=2024-10-21&code=X", recording.Request.Url.AbsoluteUri);
        Assert.Equal(Encoding.UTF8.GetByteCount(Answer), recording.Body.Length);
        Assert.Equal("""{"model":"gpt-5-mini","stream":true,"user":"XXXXX","metadata":{"team":"XXX","n":"X"},"messages":[{"role":"user","content":"Hi, I am XXXXXXXXXXXXXXXX"}]}""", recording.Request.Body?.GetRawText().Replace("\n", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal).Replace("Hi,Iam", "Hi, I am ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("https://api.openai.com/v1/chat/completions", "https://api.openai.com/v1/chat/completions")]
    [InlineData("https://llm.acme.example/v1/chat/completions", "https://recorded.example/v1/chat/completions")]
    [InlineData("https://me:secret@localhost:8000/v1/chat/completions?key=1", "https://localhost:8000/v1/chat/completions?key=X")]
    [InlineData("https://bedrock-runtime.us-east-1.amazonaws.com/model/m/converse", "https://bedrock-runtime.us-east-1.amazonaws.com/model/m/converse")]
    [InlineData(
        "https://us-central1-aiplatform.googleapis.com/v1/projects/acme/locations/us/publishers/google/models/m:streamGenerateContent?alt=sse",
        "https://us-central1-aiplatform.googleapis.com/v1/projects/account/locations/us/publishers/google/models/m:streamGenerateContent?alt=sse")]
    public async Task Address_WithAnAccount_IsWrittenWithoutIt(string url, string expected)
    {
        (await SendAsync(new ReplayHandler(Hello.WithMatch(RequestMatch.Any)), url)).Dispose();

        Assert.Equal(expected, Assert.Single(RecordingFiles.LoadFolder(_folder)).Request.Url.AbsoluteUri);
    }

    [Fact]
    public async Task ScrubCallback_ChangesTheRecordingLast()
    {
        _options.Scrub = recording => recording with { Description = "Scrubbed.", Request = recording.Request with { Body = null } };

        (await SendAsync(new ReplayHandler(Hello))).Dispose();

        Recording recording = Assert.Single(RecordingFiles.LoadFolder(_folder));
        Assert.Equal(("Scrubbed.", null), (recording.Description, recording.Request.Body));
    }

    [Fact]
    public async Task Response_ThatIsCompressed_IsRecordedDecompressed()
    {
        await (await SendAsync(new ReplayHandler(Hello.InChunksByEvent().Gzipped()))).Content.LoadIntoBufferAsync(Token);

        Recording recording = Assert.Single(RecordingFiles.LoadFolder(_folder));
        Assert.Equal(Hello.Body.ToArray(), recording.Body.ToArray());
        Assert.Equal((null, false), (recording.Response.Chunks, recording.Response.Headers!.ContainsKey("content-encoding")));
    }

    [Fact]
    public async Task Response_ThatFails_IsRecordedWithItsFault()
    {
        Stream body = await (await SendAsync(new ReplayHandler(Hello.ClosedAfter(100)))).Content.ReadAsStreamAsync(Token);
        await Assert.ThrowsAsync<HttpIOException>(() => body.CopyToAsync(Stream.Null, Token));

        Recording recording = Assert.Single(RecordingFiles.LoadFolder(_folder));
        Assert.Equal((100, new RecordedFault { Kind = FaultKind.ConnectionClosed, AfterBytes = 100 }), (recording.Body.Length, recording.Response.Fault));
    }

    [Fact]
    public async Task Delays_AreMeasuredWithTheClock()
    {
        var clock = new ManualTimeProvider();
        _options.TimeProvider = clock;
        Stream body = await (await SendAsync(new ReplayHandler(Hello.InChunksByEvent()))).Content.ReadAsStreamAsync(Token);
        byte[] buffer = new byte[1000];
        while (await body.ReadAsync(buffer, Token) > 0)
        {
            clock.Advance(TimeSpan.FromMilliseconds(20));
        }

        Assert.Equal([0, 20, 20, 20, 20], Assert.Single(RecordingFiles.LoadFolder(_folder)).Response.Chunks!.Select(chunk => chunk.Delay.TotalMilliseconds));
    }

    [Fact]
    public void HttpArchive_IsLoadedAsScrubbedRecordings()
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory("har").FullName, "traffic.har");
        File.WriteAllText(path, """
            {"log":{"version":"1.2","creator":{"name":"hand"},"entries":[
              {"time":1,"request":{"method":"POST","url":"https://api.openai.com/v1/chat/completions",
                "headers":[{"name":"Authorization","value":"Bearer verysecretkey"}],
                "postData":{"mimeType":"application/json","text":"{\"model\":\"m\",\"stream\":true}"}},
               "response":{"status":200,"headers":[{"name":"Content-Encoding","value":"br"},{"name":"X-Request-Id","value":"req_1"}],
                "content":{"size":5,"mimeType":"text/event-stream","text":"data: verysecretkey\n\n"}}},
              {"request":{"method":"OPTIONS","url":"https://api.openai.com/v1/chat/completions"},"response":{"status":204,"content":{"size":0}}},
              {"request":{"method":"GET","url":"https://api.openai.com/v1/models"},"response":{"status":200,"content":{"mimeType":"application/json","text":"e30=","encoding":"base64"}}}
            ]}}
            """);

        IReadOnlyList<Recording> recordings = HarArchive.Load(path);

        Assert.Equal(["001-chat-completions-m", "002-v1-models"], recordings.Select(recording => recording.Name[..recording.Name.LastIndexOf('-')]));
        Assert.Equal(["data: XXXXXXXXXXXXX\n\n", "{}"], recordings.Select(recording => Encoding.UTF8.GetString(recording.Body.Span)));
        Assert.Equal(("content-type", "text/event-stream"), (Assert.Single(recordings[0].Response.Headers!).Key, recordings[0].Response.Headers!["content-type"]));
        Assert.Equal("m", recordings[0].Request.Body?.GetProperty("model").GetString());
    }

    [Theory]
    [InlineData("{}", "it has no log.entries.")]
    [InlineData("[]", "is not an HTTP archive")]
    [InlineData("""{"log":{"entries":[{"request":null}]}}""", "is not an HTTP archive")]
    [InlineData("null", "The file contains null.")]
    [InlineData(
        """{"log":{"entries":[{"request":{"method":"POST","url":"/v1"},"response":{"status":200,"content":{"text":""}}}]}}""",
        "the address '/v1' is not absolute.")]
    [InlineData(
        """{"log":{"entries":[{"request":{"method":"A B","url":"https://a.example/v1?key=1"},"response":{"status":200,"content":{"text":""}}}]}}""",
        "the entry for 'https://a.example/v1' is invalid.")]
    [InlineData(
        """{"log":{"entries":[{"request":{"method":"GET","url":"https://a.example/v1"},"response":{"status":200,"content":{"text":"%","encoding":"base64"}}}]}}""",
        "the entry for 'https://a.example/v1' is invalid.")]
    public void HttpArchive_ThatIsInvalid_Throws(string json, string expected)
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory("har").FullName, "odd.har");
        File.WriteAllText(path, json);

        Assert.Contains(expected, Assert.Throws<InvalidDataException>(() => HarArchive.Load(path)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("custo", "customer-one")] // The shorter secret is listed first and is the start of the longer one.
    [InlineData("customer-one", "custo")]
    [InlineData("customer-", "mer-one")] // The secrets overlap.
    public async Task Secrets_ThatContainOrOverlapEachOther_AreNotWrittenInPart(string first, string second)
    {
        _options.Secrets.Add(first);
        _options.Secrets.Add(second);

        await (await SendAsync(new ReplayHandler(Hello.WithBody("{\"name\":\"customer-one\"}"u8.ToArray())))).Content.LoadIntoBufferAsync(Token);

        Recording recording = Assert.Single(RecordingFiles.LoadFolder(_folder));
        Assert.Equal("{\"name\":\"XXXXXXXXXXXX\"}", Encoding.UTF8.GetString(recording.Body.Span));
    }

    [Fact]
    public async Task Secret_ThatOverlapsWithItself_IsNotWrittenInPart()
    {
        _options.Secrets.Add("keykey");

        await (await SendAsync(new ReplayHandler(Hello.WithBody("{\"name\":\"keykeykey\"}"u8.ToArray())))).Content.LoadIntoBufferAsync(Token);

        Assert.Equal("{\"name\":\"XXXXXXXXX\"}", Encoding.UTF8.GetString(Assert.Single(RecordingFiles.LoadFolder(_folder)).Body.Span));
    }

    // The names belong to AWS signatures and cookies. Bodies have members with the same names.
    [Fact]
    public async Task Header_WithNamedValues_LeavesTheirNamesInTheBody()
    {
        using (var http = new HttpClient(new RecordingHandler(_folder, _options)
        {
            InnerHandler = new ReplayHandler(Hello.WithBody("""{"signature":"c2lnbmF0dXJl","session":"dXNlcjpwYXNz","theme":"0123456789"}"""u8.ToArray())),
        }))
        {
            using HttpRequestMessage request = Request();
            request.Headers.Remove("Authorization");
            request.Headers.TryAddWithoutValidation("Authorization", "AWS4-HMAC-SHA256 Credential=key/us, Signature=0123456789");
            request.Headers.TryAddWithoutValidation("Proxy-Authorization", "Basic dXNlcjpwYXNz==");
            request.Headers.TryAddWithoutValidation("Cookie", "session=c2lnbmF0dXJl==; theme=dark");
            using HttpResponseMessage response = await http.SendAsync(request, Token);
        }

        Recording recording = Assert.Single(RecordingFiles.LoadFolder(_folder));
        Assert.Equal("""{"signature":"XXXXXXXXXXXX","session":"XXXXXXXXXXXX","theme":"XXXXXXXXXX"}""", Encoding.UTF8.GetString(recording.Body.Span));
    }

    [Fact]
    public async Task Address_ThatWasScrubbedBefore_LeavesItsPlaceholderInTheBody()
    {
        Recording answer = Hello.WithBody("{\"text\":\"your account\"}"u8.ToArray()).WithMatch(RequestMatch.Any);

        (await SendAsync(new ReplayHandler(answer), "https://localhost/v1/projects/account/locations/us")).Content.Dispose();
        await (await SendAsync(new ReplayHandler(answer), "https://localhost/v1/accounts/account/locations/us")).Content.LoadIntoBufferAsync(Token);

        Assert.Contains(RecordingFiles.LoadFolder(_folder), recording => Encoding.UTF8.GetString(recording.Body.Span) == "{\"text\":\"your account\"}");
    }

    [Fact]
    public async Task ScrubbedMember_WithBracesInItsText_IsOverwritten()
    {
        Recording answer = Hello.WithBody("""{"metadata":{"a":"{x}","b":"\"}"},"c":"kept"}"""u8.ToArray());

        await (await SendAsync(new ReplayHandler(answer))).Content.LoadIntoBufferAsync(Token);

        Assert.Equal(
            """{"metadata":{"a":"XXX","b":"XXX"},"c":"kept"}""",
            Encoding.UTF8.GetString(Assert.Single(RecordingFiles.LoadFolder(_folder)).Body.Span));
    }

    [Fact]
    public async Task Response_ThatIsCompressed_IsScrubbed()
    {
        _options.Secrets.Add("Hello");

        await (await SendAsync(new ReplayHandler(Hello.Gzipped()))).Content.LoadIntoBufferAsync(Token);

        Assert.Contains("XXXXX", Encoding.UTF8.GetString(Assert.Single(RecordingFiles.LoadFolder(_folder)).Body.Span), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)] // Within the third event.
    public async Task Response_ThatIsCompressedAndFails_IsRecordedUpToItsFault(int moreBytes)
    {
        Recording gzipped = Hello.InChunksByEvent().Gzipped();
        int firstTwoEvents = gzipped.Response.Chunks!.Take(2).Sum(chunk => chunk.Length);

        Stream body = await (await SendAsync(new ReplayHandler(gzipped.ClosedAfter(firstTwoEvents + moreBytes)))).Content.ReadAsStreamAsync(Token);
        await Assert.ThrowsAsync<HttpIOException>(() => body.CopyToAsync(Stream.Null, Token));

        Recording recording = Assert.Single(RecordingFiles.LoadFolder(_folder));
        Assert.InRange(recording.Body.Length, Hello.LengthOfFirstEvents(2), Hello.LengthOfFirstEvents(3) - 1);
        Assert.Equal(Hello.Body[..recording.Body.Length].ToArray(), recording.Body.ToArray());
        Assert.Equal(new RecordedFault { Kind = FaultKind.ConnectionClosed, AfterBytes = recording.Body.Length }, recording.Response.Fault);
    }

    [Fact]
    public async Task Secret_InThePath_IsNotWritten()
    {
        _options.Secrets.Add("customer-one");

        (await SendAsync(new ReplayHandler(Hello.WithMatch(RequestMatch.Any)), "https://localhost/customer-one/chat/completions")).Dispose();

        Assert.Equal("/XXXXXXXXXXXX/chat/completions", Assert.Single(RecordingFiles.LoadFolder(_folder)).Request.Url.AbsolutePath);
    }

    private static HttpRequestMessage Request(string url = "https://api.openai.com/v1/chat/completions") => new(HttpMethod.Post, url)
    {
        Headers = { { "Authorization", $"Bearer {Key}" }, { "OpenAI-Organization", "acme" } },
        Content = new StringContent(Body, Encoding.UTF8, "application/json"),
    };

    private async Task<HttpResponseMessage> SendAsync(HttpMessageHandler server, string url = "https://api.openai.com/v1/chat/completions")
    {
        var http = new HttpClient(new RecordingHandler(_folder, _options) { InnerHandler = server });
        using HttpRequestMessage request = Request(url);
        HttpResponseMessage response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return response;
    }
}
