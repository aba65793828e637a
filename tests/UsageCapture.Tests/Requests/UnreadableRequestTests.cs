using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text;

using UsageCapture.Testing;

namespace UsageCapture.Tests.Requests;

/// <summary>A request that the handler cannot read is sent as it is. When a stream comes, its record says that the handler did not ask for usage.</summary>
public sealed class UnreadableRequestTests
{
    private const string Body = """{"model":"m","stream":true}""";

    private static readonly Recording Unasked = Chat.Of(Chat.Text, Chat.Finish, Chat.Done).WithMatch(RequestMatch.Any);

    private readonly InMemoryUsageSink _sink = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> Forms => ["gzip", "br", "utf-16", "utf-16BE", "not JSON"];

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Request_ThatCannotBeReadAndStreams_IsNotAsked(string form)
    {
        ReadOnlyMemory<byte> sent = await CallAsync(form, Unasked);

        UsageRecord record = Assert.Single(_sink.Records);
        Assert.Equal((UsageRequestState.NotAsked, true), (record.UsageRequest, record.Streaming));
        Assert.Equal((UsageOutcome.Completed, UsageStatus.Missing, true), (record.Outcome, record.Status, record.NeedsReview));
        Assert.Equal(await Content(form).ReadAsByteArrayAsync(Token), sent.ToArray());
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Request_ThatCannotBeReadAndStreamsItsUsage_IsExact(string form)
    {
        await CallAsync(form, Chat.Answer.WithMatch(RequestMatch.Any));

        UsageRecord record = Assert.Single(_sink.Records);
        Assert.Equal((UsageRequestState.NotAsked, UsageStatus.Exact, false), (record.UsageRequest, record.Status, record.NeedsReview));
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Request_ThatCannotBeReadAndDoesNotStream_HasNoState(string form)
    {
        await CallAsync(form, Recordings.Get("openai-json").WithMatch(RequestMatch.Any));

        UsageRecord record = Assert.Single(_sink.Records);
        Assert.Equal((null, false, UsageStatus.Exact), (record.UsageRequest, record.Streaming, record.Status));
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Request_ThatCannotBeReadAndIsRejected_HasNoState(string form)
    {
        await CallAsync(form, ChatStream.CreateRejection(429, "rate_limit_exceeded").WithMatch(RequestMatch.Any));

        Assert.Null(Assert.Single(_sink.Records).UsageRequest);
    }

    // Its streams report usage without being asked.
    [Fact]
    public async Task Request_OfAnApiWithoutTheOption_HasNoState()
    {
        await CallAsync("gzip", Recordings.Get("anthropic-stream-cached").WithMatch(RequestMatch.Any), "https://api.anthropic.com/v1/messages");

        UsageRecord record = Assert.Single(_sink.Records);
        Assert.Equal((null, UsageStatus.Exact), (record.UsageRequest, record.Status));
    }

    private static ByteArrayContent Content(string form)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(Body);
        byte[] bytes = form switch
        {
            "gzip" => Compress(utf8, stream => new GZipStream(stream, CompressionLevel.Fastest)),
            "br" => Compress(utf8, stream => new BrotliStream(stream, CompressionLevel.Fastest)),
            "utf-16" => Encoding.Unicode.GetBytes(Body),
            "utf-16BE" => Encoding.BigEndianUnicode.GetBytes(Body),
            _ => "?"u8.ToArray(),
        };
        var content = new ByteArrayContent(bytes);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        if (form.StartsWith("utf", StringComparison.Ordinal))
        {
            content.Headers.ContentType.CharSet = form;
        }
        else if (form is "gzip" or "br")
        {
            content.Headers.ContentEncoding.Add(form);
        }

        return content;
    }

    private static byte[] Compress(byte[] bytes, Func<Stream, Stream> create)
    {
        using var compressed = new MemoryStream();
        using (Stream compressor = create(compressed))
        {
            compressor.Write(bytes);
        }

        return compressed.ToArray();
    }

    /// <summary>Makes a call and reads its response.</summary>
    /// <returns>The body that was sent.</returns>
    private async Task<ReadOnlyMemory<byte>> CallAsync(string form, Recording answer, string url = Chat.Url)
    {
        var server = new ReplayHandler(answer);
        using var client = new HttpClient(new UsageCaptureHandler(_sink) { InnerHandler = server });
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = Content(form) };
        using HttpResponseMessage response = await client.SendAsync(request, Token);
        return Assert.Single(server.RequestBodies);
    }
}
