using UsageCapture.Testing;

namespace UsageCapture.Tests.Recognition;

/// <summary>A response at a path that nobody knows is recognised by its shape; what is none of ours passes by without a record.</summary>
public sealed class UnknownPathTests
{
    private static readonly Uri Unknown = new("https://gateway.example/llm/generate?tenant=a");

    // Google's compatible endpoint is known by its host alone, and Cloudflare's chunks look like chat completions. Nothing in the others is theirs alone: a list of results, a text, numbers; chat chunks without an object, a model or a choice.
    private static readonly string[] Unshaped =
    [
        "bedrock-converse-sse", "bedrock-invoke-", "cloudflare-stream", "cohere-v1-stream-as-json", "dashscope-", "gemini-embedding", "gemini-interaction-json",
        "gemini-stream-array-blocked", "google-json-total-has-thoughts", "mistral-transcription", "oracle-stream", "openai-images-json-no-usage", "openai-transcription-duration",
        "openai-transcription-json", "vertex-predict-embeddings-characters", "voyage-rerank", "writer-completions-stream-words", "xai-images-cost-only",
    ];

    public static TheoryData<string> Shaped =>
    [
        .. Recordings.Names.Where(name => Recordings.Get(name) is { Response.Status: 200, Body.Length: > 0 } recording && IsTyped(recording)
            && !Unshaped.Any(unshaped => name.StartsWith(unshaped, StringComparison.Ordinal))
            && !name.StartsWith("proxy-", StringComparison.Ordinal) && !name.Contains("error", StringComparison.Ordinal)
            && !name.Contains("unknown-coding", StringComparison.Ordinal) && !name.Contains("damaged-gzip", StringComparison.Ordinal)),
    ];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Shaped))]
    public async Task Recording_AtAnUnknownPath_IsReadTheSame(string name)
    {
        UsageRecord known = await Recordings.CaptureAsync(name);
        foreach (int length in (int[])[1, 7, 100, 4096, int.MaxValue])
        {
            UsageRecord? record = await CaptureAsync(name, length);

            Assert.Equal(
                (known.Usage, known.RawUsage, known.Protocol, known.ResponseModel, known.ResponseId, known.Status, known.Outcome, known.Anomalies),
                (record?.Usage, record?.RawUsage, record?.Protocol, record?.ResponseModel, record?.ResponseId, record?.Status, record?.Outcome, record?.Anomalies));
        }
    }

    [Theory]
    [InlineData("application/json", """{"object":"list","data":[{"id":"cus_1"}],"has_more":false}""")]
    [InlineData("application/json", """{"type":"message","text":"hi","user":"U1"}""")]
    [InlineData("application/json", """{"candidates":[{"name":"Ada","content":"cv"}]}""")]
    [InlineData("application/json", """{"choices":["a","b"],"model":"T"}""")]
    [InlineData("application/json", """{"done":true}""")]
    [InlineData("application/json", """[1,2,3]""")]
    [InlineData("application/json", "")]
    [InlineData("application/json", "{\"broken\":")]
    [InlineData("text/event-stream", "data: {\"type\":\"response.ready\"}\n\ndata: [DONE]\n\n")]
    [InlineData("text/html", """{"object":"chat.completion","usage":{"prompt_tokens":1}}""")]
    public async Task Response_OfAnotherKind_IsReadUnchangedAndYieldsNoRecord(string mediaType, string body)
    {
        var sink = new InMemoryUsageSink();
        using var client = new HttpClient(new UsageCaptureHandler(sink) { InnerHandler = new ReplayHandler(Recordings.Of(body, mediaType)) });

        using HttpResponseMessage response = await client.PostAsync(Unknown, new StringContent("{}"), Token);

        Assert.Equal(body, await response.Content.ReadAsStringAsync(Token));
        Assert.Empty(sink.Records);
    }

    [Fact]
    public async Task Response_WithoutASignInTheFirst64KiB_YieldsNoRecord()
    {
        string body = "{\"padding\":\"" + new string('x', 70_000) + "\",\"object\":\"chat.completion\",\"usage\":{\"prompt_tokens\":1}}";
        var sink = new InMemoryUsageSink();
        using var client = new HttpClient(new UsageCaptureHandler(sink) { InnerHandler = new ReplayHandler(Recordings.Of(body, "application/json")) });
        using var request = new HttpRequestMessage(HttpMethod.Post, Unknown);

        using HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
        Stream stream = await response.Content.ReadAsStreamAsync(Token);
        byte[] buffer = new byte[1000];
        long length = 0;
        while (await stream.ReadAsync(buffer, Token) is > 0 and int read)
        {
            length += read;
        }

        Assert.Equal((body.Length, 0), (length, sink.Records.Count));
    }

    [Fact]
    public async Task Response_DisposedBeforeItTells_YieldsNoRecord()
    {
        var sink = new InMemoryUsageSink();
        Recording answer = Recordings.Of("{\"object\":\"chat.completion\"}", "application/json");
        using var client = new HttpClient(new UsageCaptureHandler(sink) { InnerHandler = new ReplayHandler(answer) });
        using var request = new HttpRequestMessage(HttpMethod.Post, Unknown);

        (await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token)).Dispose();

        Assert.Empty(sink.Records);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(int.MaxValue)]
    public async Task Compressed_WithTheSignsOfTwoProviders_IsRecognizedByTheFirst(int length)
    {
        const string Body = "data: {\"object\":\"chat.completion.chunk\",\"choices\":[]}\n\ndata: {\"stats\":{}}\n\n";
        var sink = new InMemoryUsageSink();
        using var server = new ReplayHandler(Gzip.Compress(Recordings.Of(Body, "text/event-stream")).InChunksOf(length));
        using var client = new HttpClient(
            new UsageCaptureHandler(sink, new UsageCaptureOptions { Providers = { new StatsProvider() } }) { InnerHandler = server });

        (await client.PostAsync(Unknown, new StringContent("{}"), Token)).Dispose();

        Assert.Equal("openai-chat", Assert.Single(sink.Records).Protocol);
    }

    /// <summary>The answers of ordinary APIs are not looked at more than needed.</summary>
    [Theory]
    [InlineData("""{"order":1,"status":"accepted"}""", 0)]
    [InlineData("""{"order":1,"stats":null}""", 0)]
    [InlineData("""{"order":1,"stats":{}}""", 1)]
    public async Task MatchesResponse_IsAskedOnlyAboutADocumentWithOneOfTheFields(string body, int expected)
    {
        var provider = new StatsProvider();
        using var server = new ReplayHandler(Recordings.Of(body, "application/json"));
        using var client = new HttpClient(
            new UsageCaptureHandler(new InMemoryUsageSink(), new UsageCaptureOptions { Providers = { provider } }) { InnerHandler = server });

        (await client.PostAsync(Unknown, new StringContent("{}"), Token)).Dispose();

        Assert.Equal(expected, provider.MatchCalls);
    }

    private static bool IsTyped(Recording recording)
    {
        using HttpResponseMessage response = recording.CreateResponse();
        return response.Content.Headers.ContentType?.MediaType is "application/json" or "text/event-stream";
    }

    private static async Task<UsageRecord?> CaptureAsync(string name, int length)
    {
        Recording recording = Recordings.Get(name).InChunksOf(length).WithMatch(RequestMatch.Any);
        var sink = new InMemoryUsageSink();
        using var client = new HttpClient(new UsageCaptureHandler(sink) { InnerHandler = new ReplayHandler(recording) });
        using HttpRequestMessage request = recording.CreateRequest();
        request.RequestUri = Unknown;

        using HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
        await response.Content.CopyToAsync(Stream.Null, Token);

        return sink.Records.SingleOrDefault();
    }

    private sealed class StatsProvider : UsageProvider
    {
        private static readonly UsageFields Fields = new();
        private static readonly UsageField Stats = Fields.Add("stats?");

        public override string Protocol => "stats";

        public override UsageFields? ResponseFields => Fields;

        public override bool Matches(Uri address) => false;

        public override UsageEndpoint Describe(Uri address) => new() { Provider = "stats", Operation = "chat" };

        public int MatchCalls { get; private set; }

        public override bool MatchesResponse(UsageDocument document)
        {
            MatchCalls++;
            return document.Has(Stats);
        }

        public override UsageReader CreateReader() => new Reader();

        private sealed class Reader() : UsageReader(StatsProvider.Fields)
        {
            public override void Read(UsageDocument document, UsageReport report)
            {
            }
        }
    }
}
