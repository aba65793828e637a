using System.Text;

using UsageCapture.Decoding;
using UsageCapture.Providers;
using UsageCapture.Tests.Decoding.EventStream;

namespace UsageCapture.Tests.Providers.Bedrock;

public sealed class BedrockProvidersTests
{
    private const string Host = "https://bedrock-runtime.eu-west-1.amazonaws.com";
    private const int Events = 2000;

    // What is left behind must not grow with the number of events.
    private static readonly string[] ModelEvents =
    [
        """{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hello"}}""",
        """{"generation":"Hello","prompt_token_count":null,"generation_token_count":2,"stop_reason":null}""",
        """{"choices":[{"index":0,"delta":{"content":"Hello"},"finish_reason":null}],"usage":{"prompt_tokens":12,"total_tokens":13,"completion_tokens":1}}""",
    ];

    public static TheoryData<string> AllModelEvents => [.. ModelEvents];

    [Theory]
    [InlineData(Host + "/model/amazon.nova-lite-v1:0/converse", "bedrock-converse", "amazon.nova-lite-v1:0", "chat", false)]
    [InlineData(Host + "/model/amazon.nova-lite-v1%3A0/converse-stream", "bedrock-converse", "amazon.nova-lite-v1:0", "chat", true)]
    [InlineData(Host + "/model/arn%3Aaws%3Abedrock%3A%3A1%3Ap%2Fx/converse/", "bedrock-converse", "arn:aws:bedrock::1:p/x", "chat", false)]
    [InlineData(Host + "/model/arn:aws:bedrock::1:p/x/converse", "bedrock-converse", "arn:aws:bedrock::1:p/x", "chat", false)]
    [InlineData(Host + "/model/a%253Ab/converse", "bedrock-converse", "a%3Ab", "chat", false)]
    [InlineData("https://gateway.example/v1/model/proxy/Model/x/Invoke?a=b", "bedrock-invoke", "x", "chat", false)]
    [InlineData(Host + "/model/cohere.embed-english-v3/invoke", "bedrock-invoke", "cohere.embed-english-v3", "embeddings", false)]
    [InlineData(Host + "/model/x/invoke-with-response-stream", "bedrock-invoke", "x", "chat", true)]
    public void Match_OfACallOfAModel_NamesTheModel(string url, string protocol, string model, string operation, bool streaming)
    {
        UsageProvider? provider = Find(url);

        Assert.Equal(protocol, provider?.Protocol);
        Assert.Equal(
            new UsageEndpoint { Provider = "aws.bedrock", Operation = operation, Model = model, Streaming = streaming },
            provider!.Describe(new Uri(url)) with { Region = null }); // AddressRegionTests tests the region.
    }

    [Theory]
    [InlineData(Host + "/model/x/count-tokens")]
    [InlineData(Host + "/model/x/invoke-with-bidirectional-stream")]
    [InlineData(Host + "/model/converse")]
    [InlineData(Host + "/model//invoke")]
    [InlineData(Host + "/async-invoke")]
    [InlineData(Host + "/model/x/async-invoke")]
    [InlineData(Host + "/guardrail/g/version/1/apply")]
    [InlineData("https://example.com/chain/invoke")]
    [InlineData("https://example.com/?path=/model/x/invoke")]
    public void Match_OfAnythingElse_IsNone(string url) => Assert.Null(Find(url));

    [Theory]
    [MemberData(nameof(AllModelEvents))]
    public void InvokeStream_OfManyChunks_LeavesNothingBehind(string modelEvent)
    {
        byte[] chunk = Message("chunk", $$"""{"bytes":"{{Convert.ToBase64String(Encoding.UTF8.GetBytes(modelEvent))}}","p":"abcdefgh"}""");

        AssertFlat(new BedrockInvokeReader(), chunk);
    }

    [Fact]
    public void ConverseStream_OfManyEvents_LeavesNothingBehind() => AssertFlat(
        new BedrockConverseProvider().CreateReader(),
        Message("contentBlockDelta", """{"contentBlockIndex":0,"delta":{"text":"Hello"},"p":"abcdefgh"}"""));

    [Fact]
    public void Chunk_LargerThanWhatIsKept_IsPassedOverAndFlagged()
    {
        string large = Convert.ToBase64String(Encoding.UTF8.GetBytes($$"""{"generation":"{{new string('x', 60_000)}}","prompt_token_count":9}"""));
        var report = new UsageReport(new BedrockInvokeReader());
        using var decoder = new BodyDecoder(report, BodyHeaders.Of("application/vnd.amazon.eventstream"));

        decoder.Append(Message("chunk", $$"""{"bytes":"{{large}}"}"""));
        decoder.Complete();

        Assert.Equal(((TokenUsage?)null, UsageAnomalies.OversizedEvent), (report.Usage, report.Anomalies));
    }

    private static UsageProvider? Find(string url) =>
        Array.Find(BuiltInProviders.All, provider => provider.Protocol.StartsWith("bedrock", StringComparison.Ordinal) && provider.Matches(new Uri(url)));

    private static byte[] Message(string type, string payload) => new EventStreamMessage(
        [.. EventStreamMessage.Header(":event-type", type), .. EventStreamMessage.Header(":message-type", "event")], Encoding.UTF8.GetBytes(payload)).ToBytes();

    private static void AssertFlat(UsageReader reader, byte[] message)
    {
        var report = new UsageReport(reader);
        using var decoder = new BodyDecoder(report, BodyHeaders.Of("application/vnd.amazon.eventstream"));
        decoder.Append(message);
        decoder.Append(message);
        long before = GC.GetAllocatedBytesForCurrentThread();

        for (int i = 0; i < Events; i++)
        {
            decoder.Append(message);
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, Events);
        Assert.Equal(UsageAnomalies.None, report.Anomalies & UsageAnomalies.UndecodableEvent);
    }
}
