using System.Text;
using System.Text.Json;

using Microsoft.Extensions.Logging;

namespace UsageCapture.Tests.Telemetry;

/// <summary>A server, an address or a request cannot put long texts or control characters into records and log messages.</summary>
public sealed class HostileTextTests
{
    private const string Hostile = "a\r\n\u001b[2J\u0000\u007f\u0085\u2028\u2029b";

    private static readonly string Megabyte = new('x', 1024 * 1024);

    private readonly CollectingLogger<UsageCaptureHandler> _log = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> Bodies => new()
    {
        """{"id":@,"model":@,"service_tier":@,"choices":[{"index":0,"finish_reason":@},{"index":1,"finish_reason":@}],"usage":{"prompt_tokens":1,"completion_tokens":2}}""",
        """{"id":"a","error":{"code":@,"type":@,"param":@,"message":"m"}}""",
    };

    public static TheoryData<string> AnthropicBodies => new()
    {
        """{"id":@,"type":"message","model":@,"stop_reason":@,"usage":{"input_tokens":1,"output_tokens":2,"service_tier":@,"speed":@,"inference_geo":@}}""",
        """{"type":"message","usage":{"input_tokens":1,"iterations":[{"type":@,"model":@,"input_tokens":1}]}}""",
    };

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task Record_OfHostileTexts_HasShortOnesWithoutControlCharacters(string body)
    {
        foreach (string text in new[] { Hostile, Hostile + Megabyte[..5000], Megabyte[..255] + "😀😀" })
        {
            UsageRecord record = await CallAsync(body.Replace("@", JsonSerializer.Serialize(text), StringComparison.Ordinal), text);

            AssertSafe(record);
            Assert.Equal(record, UsageRecord.FromJson(record.ToJson()));
        }
    }

    [Theory]
    [MemberData(nameof(AnthropicBodies))]
    public async Task Record_OfHostileTextsOfAnthropic_HasShortOnesWithoutControlCharacters(string body)
    {
        foreach (string text in new[] { Hostile, Hostile + Megabyte[..5000], Megabyte[..255] + "😀😀" })
        {
            UsageRecord record = await CallAsync(
                body.Replace("@", JsonSerializer.Serialize(text), StringComparison.Ordinal), text, options: null, "https://api.anthropic.com/v1/messages");

            AssertSafe(record);
            Assert.Equal(record, UsageRecord.FromJson(record.ToJson()));
        }
    }

    [Fact]
    public async Task Record_OfTextsOfAMegabyte_IsShort()
    {
        UsageRecord record = await CallAsync(Bodies.First().Data.Replace("@", JsonSerializer.Serialize(Megabyte), StringComparison.Ordinal), Megabyte);

        AssertSafe(record);
        Assert.InRange(record.ToJson().Length, 1, 8 * 1024);
    }

    [Fact]
    public async Task Record_OfAnOwnProvider_HasItsTextsMadeSafeToo()
    {
        var options = new UsageCaptureOptions { Providers = { new HostileProvider() } };

        UsageRecord record = await CallAsync("""{"stop":1}""", "m", options, "https://acme.example/hostile");

        AssertSafe(record);
        Assert.StartsWith("a\uFFFD\uFFFD\uFFFD[2J", record.Provider, StringComparison.Ordinal);
        Assert.Equal(128, record.Error!.Code!.Length);
        Assert.Equal(256, Assert.Single(record.Iterations).Model!.Length);
    }

    [Fact]
    public async Task LogMessage_AboutAPath_IsShortAndHasNoQuery()
    {
        var options = new UsageCaptureOptions { Enrich = (_, _) => throw new InvalidOperationException("broken") };
        string url = $"https://acme.example/{Megabyte[..3000]}%0A/v1/chat/completions?key=secret";

        await CallAsync("""{"choices":[]}""", "m", options, url);

        Assert.NotEmpty(_log.Entries);
        Assert.All(_log.Entries, entry => AssertSafe(entry.Message, 512));
        Assert.All(_log.Entries, entry => Assert.DoesNotContain("secret", entry.Message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task LogMessage_AboutARefusal_NamesAShortModelWithoutControlCharacters()
    {
        int calls = 0;
        using var server = new AnsweringHandler((_, _) => Task.FromResult(calls++ == 0
            ? new HttpResponseMessage(System.Net.HttpStatusCode.BadRequest) { Content = Json("""{"error":"stream_options is unknown"}""") }
            : new HttpResponseMessage { Content = Json("""{"choices":[]}""") }));

        await CallAsync(server, Hostile + Megabyte, options: null, Chat.Url);

        (_, string message) = Assert.Single(_log.Entries, entry => entry.Level == LogLevel.Warning);
        AssertSafe(message, 1024);
    }

    private static void AssertSafe(UsageRecord record)
    {
        string?[] texts =
        [
            record.Provider, record.Operation, record.Protocol, record.ServerAddress, record.Deployment, record.ApiVersion, record.RequestModel,
            record.ResponseModel, record.ResponseId, record.RequestId, record.ServiceTier, record.Speed, record.Region, .. record.FinishReasons,
            record.Error?.Code, record.Error?.Type, record.Error?.Parameter,
            .. record.Iterations.SelectMany(item => new[] { item.Type, item.Model }),
        ];
        Assert.All(texts.OfType<string>(), text => AssertSafe(text, 256));
    }

    private static void AssertSafe(string text, int maxLength)
    {
        Assert.InRange(text.Length, 0, maxLength);
        Assert.DoesNotContain(text, character => char.IsControl(character) || character is '\u2028' or '\u2029');
        Assert.Equal(text, Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text))); // No half of a surrogate pair.
    }

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");

    private async Task<UsageRecord> CallAsync(
        string body, string model, UsageCaptureOptions? options = null, string? url = null)
    {
        string escaped = Uri.EscapeDataString(model[..Math.Min(model.Length, 5000)]);
        url ??= $"https://x.openai.azure.com/openai/deployments/{escaped}/chat/completions?api-version={escaped}";
        using var server = new AnsweringHandler((_, _) =>
        {
            var response = new HttpResponseMessage { Content = Json(body) };
            response.Headers.TryAddWithoutValidation("x-request-id", "r\u001b\u0085" + Megabyte[..5000]);
            return Task.FromResult(response);
        });
        return await CallAsync(server, model, options, url);
    }

    private async Task<UsageRecord> CallAsync(HttpMessageHandler server, string model, UsageCaptureOptions? options, string url)
    {
        var sink = new InMemoryUsageSink();
        using var client = new HttpClient(new UsageCaptureHandler(sink, options, _log) { InnerHandler = server });
        using HttpRequestMessage request = Chat.Request($$"""{"model":{{JsonSerializer.Serialize(model)}},"stream":true,"messages":[]}""", url);
        (await client.SendAsync(request, Token)).Dispose();
        return Assert.Single(await sink.WaitForAsync(1, Token));
    }

    private sealed class HostileProvider : UsageProvider
    {
        public override string Protocol => Hostile + Megabyte;

        public override bool Matches(Uri address) => address.AbsolutePath == "/hostile";

        public override UsageEndpoint Describe(Uri address) => new()
        {
            Provider = Hostile + Megabyte, Operation = Hostile + Megabyte, Model = Hostile, Deployment = Hostile + Megabyte, ApiVersion = Hostile,
            Region = Hostile + Megabyte,
        };

        public override UsageReader CreateReader() => new HostileReader();
    }

    private sealed class HostileReader() : UsageReader(Document)
    {
        private static readonly UsageFields Document = new();
        private static readonly UsageField Stop = Document.Add("stop");

        public override void Read(UsageDocument document, UsageReport report)
        {
            report.RecordChoice(document[Stop]);
            report.RecordError(new UsageError { Code = Hostile + Megabyte, Type = Hostile, Parameter = Hostile });
            report.RecordIterations(
                [new UsageIteration { Type = Hostile, Model = Hostile + Megabyte, Usage = new TokenUsage(), IsInTotal = true }]);
        }
    }
}
