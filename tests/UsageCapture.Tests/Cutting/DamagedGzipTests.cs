using System.IO.Compression;

using UsageCapture.Testing;

namespace UsageCapture.Tests.Cutting;

/// <summary>Damage in a compressed body gives the same record in every cut. Behind the end of the protocol it does not change the record.</summary>
public sealed class DamagedGzipTests
{
    private const int TrailerLength = 8;

    private static readonly Dictionary<string, Func<byte[], byte[]>> Damages = new(StringComparer.Ordinal)
    {
        ["a wrong checksum"] = gzip => [.. gzip[..^TrailerLength], (byte)(gzip[^TrailerLength] ^ 1), .. gzip[^(TrailerLength - 1)..]],
        ["a wrong length"] = gzip => [.. gzip[..^1], (byte)(gzip[^1] ^ 1)],
        ["half a trailer"] = gzip => gzip[..^(TrailerLength / 2)],
        ["no trailer"] = gzip => gzip[..^TrailerLength],
        ["garbage behind it"] = gzip => [.. gzip, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
        ["the start of a second member"] = gzip => [.. gzip, .. gzip[..5]],
        ["a damaged second member"] = gzip => [.. gzip, .. gzip[..10], 0xFF, 0xFF, 0xFF, 0xFF],
        ["a second member with a wrong checksum"] = gzip => [.. gzip, .. gzip[..^1], (byte)(gzip[^1] ^ 1)],
    };

    public static TheoryData<string, string> All
    {
        get
        {
            var all = new TheoryData<string, string>();
            foreach (string damage in Damages.Keys)
            {
                foreach (string name in (string[])["openai-stream-trailing-usage", "openai-json", "anthropic-stream-cached", "gemini-stream-array", "bedrock-converse-stream"])
                {
                    all.Add(name, damage);
                }
            }

            return all;
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Gzip_DamagedBehindTheEnd_GivesTheRecordOfThePlainBodyInEveryCut(string name, string damage)
    {
        Recording plain = Recordings.Get(name);
        Recording compressed = Gzip.Compress(plain);
        Recording damaged = compressed.WithBody(Damages[damage](compressed.Body.ToArray())) with { Name = $"{name} in gzip with {damage}" };
        CapturedExchange expected = await CapturedExchange.RunAsync(plain, Cuts.None);
        CutBody body = await CutBody.OpenAsync(damaged);

        await body.AssertSameAsync(CutPlans.Of(damaged.Body.Length, maxLengthForEveryPlace: 500));
        string difference = body.Whole.RecordDifferenceFrom(expected);
        Assert.True(difference.Length == 0, $"'{damaged}' does not give the record of the plain body.{difference}");
    }

    [Theory]
    [InlineData("br")]
    [InlineData("deflate, gzip")]
    public async Task Body_DamagedInTheMiddle_GivesTheSameRecordInEveryCut(string codings)
    {
        Recording plain = Recordings.Get("openai-stream-trailing-usage");
        byte[] compressed = codings.Split(", ").Aggregate(plain.Body.ToArray(), Compress);
        for (int place = compressed.Length / 2; place < compressed.Length; place += 5)
        {
            byte[] damaged = [.. compressed];
            damaged[place] ^= 0x10;
            CutBody body = await CutBody.OpenAsync(
                plain.WithBody(damaged).WithHeader("content-encoding", codings) with { Name = $"{codings}, damaged at {place}" });

            await body.AssertSameAsync(CutPlans.Of(damaged.Length, maxLengthForEveryPlace: 0, randomCount: 5));
        }
    }

    private static byte[] Compress(byte[] body, string coding)
    {
        using var compressed = new MemoryStream();
        using (Stream stream = coding switch
        {
            "br" => new BrotliStream(compressed, CompressionMode.Compress, leaveOpen: true),
            "deflate" => new ZLibStream(compressed, CompressionMode.Compress, leaveOpen: true),
            _ => new GZipStream(compressed, CompressionMode.Compress, leaveOpen: true),
        })
        {
            stream.Write(body);
        }

        return compressed.ToArray();
    }
}
