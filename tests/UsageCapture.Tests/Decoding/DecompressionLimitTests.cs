using System.IO.Compression;
using System.Text;

using UsageCapture.Decoding;
using UsageCapture.Providers;

namespace UsageCapture.Tests.Decoding;

/// <summary>A small body that decompresses to a huge one costs a bounded time, and the caller still gets its bytes.</summary>
public sealed class DecompressionLimitTests
{
    // Ten gigabytes in about a hundred kilobytes: the same ten megabytes, a thousand times.
    private static readonly byte[] Endless = Compress(Repeat(Compress(new byte[10 * 1024 * 1024]), 1000));

    private static readonly byte[] Answer =
        Encoding.UTF8.GetBytes("{\"choices\":[],\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":3}}");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(1024)]
    [InlineData(int.MaxValue)]
    public void Body_CompressedTwiceToGigabytes_IsGivenUp(int readLength)
    {
        byte[] body = Compress(Repeat(Compress([.. "{\"a\":\""u8, .. new byte[10 * 1024 * 1024]]), 1000));

        UsageReport report = Decode(body, readLength, "gzip", "gzip");

        Assert.Equal(UsageAnomalies.UndecodableEncoding, report.Anomalies & UsageAnomalies.UndecodableEncoding);
        Assert.Null(report.Usage);
    }

    [Fact]
    public void Body_WhoseFirstDecoderWritesMegabytesThatTheSecondReadsAsNothing_IsGivenUp()
    {
        byte[] headerWithFileName = Convert.FromHexString("1F8B0808000000000003"); // The name goes on until a zero byte.
        byte[] body = Compress([.. headerWithFileName, .. Repeat([(byte)'a'], 20_000_000)]);

        Assert.Equal(UsageAnomalies.UndecodableEncoding, Decode(body, int.MaxValue, "gzip", "gzip").Anomalies);
    }

    [Fact]
    public void Body_LongerThanTheLimitOfABody_IsGivenUp()
    {
        // Each piece stays below the limit for one piece.
        byte[] megabyte = Compress(Encoding.UTF8.GetBytes("[" + new string(' ', 1024 * 1024)));
        var report = new UsageReport(new ChatCompletionsReader());
        using var decoder = new BodyDecoder(report, BodyHeaders.Of("application/json", "gzip"));
        int pieces = 0;
        while (report.Anomalies == UsageAnomalies.None && pieces < 1000)
        {
            decoder.Append(megabyte);
            pieces++;
        }

        Assert.Equal(UsageAnomalies.UndecodableEncoding, report.Anomalies);
        Assert.InRange(pieces, 255, 257);
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, true)]
    [InlineData(3, false)]
    public void Body_CompressedSeveralTimes_IsDecodedUpToTwoCodings(int count, bool isDecoded)
    {
        byte[] body = Answer;
        for (int i = 0; i < count; i++)
        {
            body = Compress(body);
        }

        UsageReport report = Decode(body, int.MaxValue, [.. Enumerable.Repeat("gzip", count)]);

        Assert.Equal(isDecoded ? 7 : null, report.Usage?.InputTokens);
        Assert.Equal(isDecoded ? UsageAnomalies.None : UsageAnomalies.UndecodableEncoding, report.Anomalies);
    }

    [Fact]
    public void Body_OfManyMegabytesThatCompressWell_IsDecoded()
    {
        byte[] text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 2_000_000).Select(number => $"{number % 977},")));
        byte[] body = Compress([.. "{\"data\":["u8, .. text, .. "0],"u8, .. Answer.AsSpan(1)]);

        Assert.Equal(7, Decode(body, int.MaxValue, "gzip").Usage?.InputTokens);
    }

    [Theory]
    [InlineData("gzip, gzip")]
    [InlineData("gzip, gzip, gzip")]
    public async Task Response_CompressedToGigabytes_IsReadByTheCallerAsItCame(string coding)
    {
        var sink = new InMemoryUsageSink();
        using var server = new AnsweringHandler((_, _) =>
        {
            var content = new ByteArrayContent(Endless);
            content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
            content.Headers.TryAddWithoutValidation("Content-Encoding", coding);
            return Task.FromResult(new HttpResponseMessage { Content = content });
        });
        using var client = new HttpClient(new UsageCaptureHandler(sink) { InnerHandler = server });
        using HttpRequestMessage request = Chat.Request();

        using HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);

        Assert.Equal(Endless, await response.Content.ReadAsByteArrayAsync(Token));
        UsageRecord record = Assert.Single(sink.Records);
        Assert.Equal((UsageStatus.Missing, true), (record.Status, record.NeedsReview));
        Assert.Equal(UsageAnomalies.UndecodableEncoding, record.Anomalies & UsageAnomalies.UndecodableEncoding);
    }

    private static UsageReport Decode(byte[] body, int readLength, params string[] codings)
    {
        var report = new UsageReport(new ChatCompletionsReader());
        using var decoder = new BodyDecoder(report, BodyHeaders.Of("application/json", codings));
        for (int start = 0; start < body.Length; start += Math.Min(readLength, body.Length - start))
        {
            decoder.Append(body.AsSpan(start, Math.Min(readLength, body.Length - start)));
        }

        return report;
    }

    private static byte[] Compress(byte[] plain)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Optimal))
        {
            gzip.Write(plain);
        }

        return compressed.ToArray();
    }

    private static byte[] Repeat(byte[] part, int count)
    {
        byte[] whole = new byte[part.Length * count];
        for (int i = 0; i < count; i++)
        {
            part.CopyTo(whole, i * part.Length);
        }

        return whole;
    }
}
