using Microsoft.Extensions.Options;

using UsageCapture.Testing;
using UsageCapture.Tests.Documentation;

namespace UsageCapture.Tests;

/// <summary>Providers that the user adds, and paths that the user maps to a protocol.</summary>
public sealed class OwnProviderTests
{
    private const string AcmeStream =
        "data: {\"request_id\":\"r1\",\"model\":\"a-2\",\"text\":\"{\\\"stats\\\":1}\"}\n\n"
        + "data: {\"text\":\"more\",\"stats\":{\"input\":9,\"output\":1}}\n\n"
        + "data: {\"result\":{\"stop\":\"end\"},\"stats\":{\"input\":9,\"output\":12}}\n\n";

    private const string ChatBody = "{\"object\":\"chat.completion\",\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":4,\"total_tokens\":7}}";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task OwnProvider_Stream_IsRecorded()
    {
        var options = new UsageCaptureOptions { Providers = { new ReadmeTests.AcmeProvider() } };

        UsageRecord record = Assert.Single(await CaptureAsync(options, "https://acme.example/v3/generate", AcmeStream, "text/event-stream"));

        Assert.Equal(
            ("acme", "acme-generate", "generate_content", "r1", "a-2", UsageStatus.Exact, UsageOutcome.Completed),
            (record.Provider, record.Protocol, record.Operation, record.ResponseId, record.ResponseModel, record.Status, record.Outcome));
        Assert.Equal(new TokenUsage { InputTokens = 9, OutputTokens = 12 }, record.Usage);
        Assert.Equal("{\"input\":9,\"output\":12}", record.RawUsage);
        Assert.Equal(["end"], record.FinishReasons);
    }

    [Theory]
    [InlineData("https://api.openai.com/v1/chat/completions", true)]
    [InlineData("https://acme.example/unknown", false)]
    public async Task OwnProvider_WhereABuiltInOneMatchesToo_ComesFirst(string url, bool byAddress)
    {
        var options = new UsageCaptureOptions { Providers = { new CompetingProvider("acme-first", byAddress), new CompetingProvider("acme-second", byAddress) } };

        UsageRecord record = Assert.Single(await CaptureAsync(options, url, ChatBody, "application/json"));
        UsageRecord builtIn = Assert.Single(await CaptureAsync(new UsageCaptureOptions(), url, ChatBody, "application/json"));

        Assert.Equal(("acme-first", "openai-chat"), (record.Protocol, builtIn.Protocol));
    }

    [Fact]
    public async Task MappedPath_WhereAnOwnAndABuiltInProviderMatchToo_ComesFirst()
    {
        const string Body = "{\"type\":\"message\",\"usage\":{\"input_tokens\":1,\"output_tokens\":2}}";
        var options = new UsageCaptureOptions
        {
            Paths = { ["/chat/completions"] = "anthropic-messages" },
            Providers = { new CompetingProvider("acme-first", byAddress: true) },
        };

        UsageRecord record = Assert.Single(await CaptureAsync(options, "https://api.openai.com/v1/chat/completions", Body, "application/json"));

        Assert.Equal(("anthropic-messages", 1), (record.Protocol, record.Usage?.InputTokens));
    }

    [Fact]
    public async Task MappedPath_ToAProtocolThatAnOwnProviderHasToo_IsReadByTheOwnOne()
    {
        var options = new UsageCaptureOptions
        {
            Paths = { ["/llm"] = "OPENAI-CHAT" },
            Providers = { new CompetingProvider("openai-chat", byAddress: false) },
        };

        UsageRecord record = Assert.Single(await CaptureAsync(options, "https://gateway.example/llm", ChatBody, "application/json"));

        Assert.Equal(("competing", null), (record.Provider, record.Usage));
    }

    [Fact]
    public async Task ExcludedPath_ThatIsMappedAndHasProviders_LeavesNoRecord()
    {
        var options = new UsageCaptureOptions
        {
            ExcludedPaths = { "/chat/completions" },
            Paths = { ["/v1/chat/completions"] = "openai-chat" },
            Providers = { new CompetingProvider("acme-first", byAddress: true) },
        };

        Assert.Empty(await CaptureAsync(options, "https://api.openai.com/v1/chat/completions", ChatBody, "application/json"));
    }

    [Fact]
    public async Task OwnProvider_OfAnAddress_IsAskedBeforeAnyResponseIsCompared()
    {
        var options = new UsageCaptureOptions { Providers = { new CompetingProvider("by-response", byAddress: false), new CompetingProvider("by-address", byAddress: true) } };

        UsageRecord record = Assert.Single(await CaptureAsync(options, "https://acme.example/unknown", ChatBody, "application/json"));

        Assert.Equal("by-address", record.Protocol);
    }

    [Fact]
    public async Task OwnProvider_OfAnAddressWithARegion_IsRecordedWithTheOneThatTheResponseStates()
    {
        const string Body = "{\"place\":null,\"pace\":\"slow\"}\n{\"place\":\"eu\",\"pace\":\"fast\"}\n{\"place\":\"\"}\n";
        var options = new UsageCaptureOptions { Providers = { new RegionProvider() } };

        UsageRecord stated = Assert.Single(await CaptureAsync(options, "https://acme.example/region", Body, "application/x-ndjson"));
        UsageRecord notStated = Assert.Single(await CaptureAsync(options, "https://acme.example/region", "{}", "application/json"));

        Assert.Equal(("eu", "fast"), (stated.Region, stated.Speed));
        Assert.Equal(("us-1", null), (notStated.Region, notStated.Speed));
    }

    [Theory]
    [InlineData("/llm/complete", "https://gateway.example/team/LLM/Complete/?x=1")]
    [InlineData("/llm/complete/", "https://gateway.example/llm/complete")]
    public async Task MappedPath_OfAGateway_IsReadAndAskedAsItsProtocol(string path, string url)
    {
        var options = new UsageCaptureOptions { Paths = { [path] = "openai-chat" } };
        var sink = new InMemoryUsageSink();
        using var inner = new ReplayHandler(Recordings.Of(ChatBody, "application/json"));
        using var client = new HttpClient(new UsageCaptureHandler(sink, options) { InnerHandler = inner });

        (await client.PostAsync(new Uri(url), new StringContent("{\"model\":\"m\",\"stream\":true}"), Token)).Dispose();

        UsageRecord record = Assert.Single(sink.Records);
        Assert.Equal((7, UsageRequestState.AskedByHandler, "m"), (record.Usage?.TotalTokens, record.UsageRequest, record.RequestModel));
    }

    [Fact]
    public void MappedPath_ToAnUnknownProtocol_ThrowsAndListsTheKnownOnes()
    {
        var options = new UsageCaptureOptions { Paths = { ["/x"] = "openai-chatt" } };

        var exception = Assert.Throws<OptionsValidationException>(() => new UsageCaptureHandler(new InMemoryUsageSink(), options).Dispose());

        Assert.StartsWith(
            "The path '/x' is mapped to 'openai-chatt', which is not the protocol of a known provider. Choose one of anthropic-complete, anthropic-messages, ", exception.Message, StringComparison.Ordinal);
        Assert.Contains(" openai-chat, ", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void MappedPath_WithoutLeadingSlash_Throws()
    {
        var options = new UsageCaptureOptions { Paths = { ["llm/complete"] = "openai-chat" } };

        var exception = Assert.Throws<OptionsValidationException>(() => new UsageCaptureHandler(new InMemoryUsageSink(), options).Dispose());

        Assert.Equal(
            "The path 'llm/complete' is mapped, but begins neither with '/' nor with ':'. Write the end of the request's path, without its host, such as '/llm/complete'.",
            exception.Message);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("//")]
    public void MappedPath_ThatIsOnlyASlash_Throws(string path)
    {
        var options = new UsageCaptureOptions { Paths = { [path] = "openai-chat" } };

        var exception = Assert.Throws<OptionsValidationException>(() => new UsageCaptureHandler(new InMemoryUsageSink(), options).Dispose());

        Assert.Equal(
            $"The path '{path}' is mapped, but has no segment. Write the end of the request's path, such as '/llm/complete'.", exception.Message);
    }

    [Fact]
    public async Task OwnProvider_ThatThrows_LeavesTheResponseUnchanged()
    {
        var logger = new CollectingLogger<UsageCaptureHandler>();
        var options = new UsageCaptureOptions { Providers = { new ThrowingProvider() } };
        var sink = new InMemoryUsageSink();
        using var inner = new ReplayHandler(Recordings.Of(ChatBody, "application/json"));
        using var client = new HttpClient(new UsageCaptureHandler(sink, options, logger) { InnerHandler = inner });

        using HttpResponseMessage response = await client.PostAsync(new Uri("https://acme.example/throw"), new StringContent("{}"), Token);

        Assert.Equal(ChatBody, await response.Content.ReadAsStringAsync(Token));
        Assert.Equal("openai-chat", Assert.Single(sink.Records).Protocol);
        Assert.Contains(
            "Recognizing the API of acme.example/throw failed. This call has a record only if its response is that of a known API.",
            Assert.Single(logger.Entries).ToString(),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Provider_ThatIsNullOrHasNoProtocol_IsNamedByTheValidation()
    {
        var options = new UsageCaptureOptions { Providers = { null!, new FaultyProvider("") { ProtocolName = "" }, new FaultyProvider("Protocol") } };

        var exception = Assert.Throws<OptionsValidationException>(() => new UsageCaptureHandler(new InMemoryUsageSink(), options).Dispose());

        Assert.Equal(
            [
                "The element 0 of Providers is null. Remove it, or put a UsageProvider in its place.",
                "The Protocol of FaultyProvider in Providers is null or empty. Return the name of the wire format, such as 'acme-generate'.",
                "The Protocol of FaultyProvider in Providers threw InvalidOperationException: broken Return the name of the wire format.",
            ],
            exception.Failures);
    }

    [Theory]
    [InlineData("Matches", true)]
    [InlineData("Describe", true)]
    [InlineData("Describe null", true)]
    [InlineData("RequestOption", true)]
    [InlineData("RequestOption null", true)]
    [InlineData("AcceptsRequestOption", true)]
    [InlineData("StreamsByDefault", true)]
    [InlineData("CreateReader", true)]
    [InlineData("CreateReader null", true)]
    [InlineData("ResponseFields", false)]
    [InlineData("MatchesResponse", false)]
    [InlineData("Describe", false)]
    [InlineData("Describe null", false)]
    [InlineData("StreamsByDefault", false)]
    [InlineData("CreateReader", false)]
    [InlineData("CreateReader null", false)]
    public async Task Provider_WithAFault_IsLoggedAndLeavesTheCallUnchanged(string fault, bool byAddress)
    {
        var logger = new CollectingLogger<UsageCaptureHandler>();
        var options = new UsageCaptureOptions { Providers = { new FaultyProvider(fault) { ByAddress = byAddress } } };
        using var inner = new ReplayHandler(Recordings.Of(ChatBody, "application/json"));
        using var client = new HttpClient(new UsageCaptureHandler(new InMemoryUsageSink(), options, logger) { InnerHandler = inner });

        using HttpResponseMessage response = await client.PostAsync(new Uri("https://acme.example/call"), new StringContent("{\"stream\":true}"), Token);

        Assert.Equal(ChatBody, await response.Content.ReadAsStringAsync(Token));
        Assert.NotEmpty(logger.Entries);
    }

    [Fact]
    public void AddField_WithANameThatIsTooLongToBeFoundWhenCut_Throws()
    {
        var fields = new UsageFields();
        fields.Add("a." + new string('b', 192) + "[].c");

        Assert.Throws<ArgumentException>(() => fields.Add("a." + new string('é', 97) + "[].c"));
    }

    [Fact]
    public void AddField_ToAPartOfFieldsThatAreInUse_Throws()
    {
        var part = new UsageFields();
        part.Add("a");
        var whole = new UsageFields(new UsageFields(part));
        whole.Add("a"); // A part may have the same path.
        Assert.NotNull(whole.Shape);

        InvalidOperationException exception = Assert.Throws<InvalidOperationException>(() => part.Add("b"));

        Assert.StartsWith("The field 'b' comes too late", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a", "")]
    [InlineData("a", "a")]
    [InlineData("a", "a.b")]
    [InlineData("a.b", "a")]
    [InlineData("a[].b", "a.c")]
    [InlineData("x", "a.b.c.d.e.f.g.h.i")]
    public void AddField_PathThatCannotBeRead_ThrowsAndNamesIt(string first, string second)
    {
        var fields = new UsageFields();
        fields.Add(first);

        ArgumentException exception = Assert.Throws<ArgumentException>(() => fields.Add(second));

        Assert.Contains($"The path '{second}' ", exception.Message, StringComparison.Ordinal);
    }

    private static async Task<IReadOnlyList<UsageRecord>> CaptureAsync(UsageCaptureOptions options, string url, string body, string mediaType)
    {
        var sink = new InMemoryUsageSink();
        using var inner = new ReplayHandler(Recordings.Of(body, mediaType));
        using var client = new HttpClient(new UsageCaptureHandler(sink, options) { InnerHandler = inner });
        using HttpResponseMessage response = await client.PostAsync(new Uri(url), new StringContent("{\"stream\":true}"), Token);
        Assert.Equal(body, await response.Content.ReadAsStringAsync(Token));
        return sink.Records;
    }

    /// <summary>Takes the calls that a built-in provider takes too, either every address or the responses of chats.</summary>
    private sealed class CompetingProvider(string protocol, bool byAddress) : UsageProvider
    {
        private static readonly UsageFields Fields = new();
        private static readonly UsageField Kind = Fields.Add("object");

        public override string Protocol => protocol;

        public override UsageFields? ResponseFields => byAddress ? null : Fields;

        public override bool Matches(Uri address) => byAddress;

        public override bool MatchesResponse(UsageDocument document) => document.Has(Kind);

        public override UsageEndpoint Describe(Uri address) => new() { Provider = "competing", Operation = "chat" };

        public override UsageReader CreateReader() => new ReadmeTests.AcmeProvider().CreateReader();
    }

    private sealed class RegionProvider : UsageProvider
    {
        public override string Protocol => "acme-region";

        public override bool Matches(Uri address) => address.AbsolutePath == "/region";

        public override UsageEndpoint Describe(Uri address) => new() { Provider = "acme", Operation = "chat", Region = "us-1" };

        public override UsageReader CreateReader() => new RegionReader();
    }

    private sealed class RegionReader() : UsageReader(Document)
    {
        private static readonly UsageFields Document = new();
        private static readonly UsageField Place = Document.Add("place");
        private static readonly UsageField Pace = Document.Add("pace");

        public override bool HasInBandEndMarker => true;

        public override void Read(UsageDocument document, UsageReport report)
        {
            report.RecordRegion(document[Place]);
            report.RecordSpeed(document[Pace]);
        }
    }

    private sealed class ThrowingProvider : UsageProvider
    {
        public override string Protocol => "throwing";

        public override bool Matches(Uri address) => throw new InvalidOperationException("broken");

        public override UsageEndpoint Describe(Uri address) => throw new InvalidOperationException("broken");

        public override UsageReader CreateReader() => throw new InvalidOperationException("broken");
    }

    [Theory]
    [InlineData("")]
    [InlineData("stream")]
    [InlineData("model.usage")]
    [InlineData("options..usage")]
    public void RequestOption_WithAPathThatCannotBeAdded_IsRefusedWithASentence(string path)
    {
        ArgumentException exception = Assert.Throws<ArgumentException>(() => new UsageRequestOption { Path = path });

        Assert.StartsWith($"'{path}' cannot be the path of a request option.", exception.Message, StringComparison.Ordinal);
    }

    /// <summary>A provider with one member that throws, or returns null.</summary>
    private sealed class FaultyProvider(string fault) : UsageProvider
    {
        private static readonly UsageFields Fields = new();
        private static readonly UsageField Kind = Fields.Add("object");

        public string ProtocolName { get; init; } = "faulty";

        public bool ByAddress { get; init; }

        public override string Protocol => Return("Protocol", ProtocolName)!;

        public override bool StreamsByDefault => Return("StreamsByDefault", "") is null;

        public override UsageRequestOption? RequestOption => new() { Path = Return("RequestOption", "ask")! };

        public override UsageFields? ResponseFields => Return("ResponseFields", Fields);

        public override bool Matches(Uri address) => Return("Matches", "") is not null && ByAddress;

        public override UsageEndpoint Describe(Uri address) => Return("Describe", new UsageEndpoint { Provider = "faulty", Operation = "chat" })!;

        public override bool AcceptsRequestOption(UsageEndpoint endpoint) => Return("AcceptsRequestOption", "") is not null;

        public override bool MatchesResponse(UsageDocument document) => Return("MatchesResponse", "") is not null && document.Has(Kind);

        public override UsageReader CreateReader() => Return("CreateReader", new ReadmeTests.AcmeProvider().CreateReader())!;

        private T? Return<T>(string member, T value)
            where T : class =>
            member == fault ? throw new InvalidOperationException("broken") : fault == member + " null" ? null : value;
    }
}
