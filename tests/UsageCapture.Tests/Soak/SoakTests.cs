using System.Globalization;
using System.Text;

using Microsoft.Extensions.Logging.Abstractions;

using UsageCapture.Tests.Fakes;
using UsageCapture.Tests.Sdk;

namespace UsageCapture.Tests.Soak;

/// <summary>Thousands of streams at once over real sockets, with random faults, and in the end nothing is lost, doubled, changed or left behind.</summary>
/// <remarks>
/// It lasts as long as <c>USAGECAPTURE_SOAK_SECONDS</c> says, two seconds without it. <c>USAGECAPTURE_SOAK_SEED</c> repeats the choices of a
/// run; the seed of every run is in its output.
/// </remarks>
public sealed class SoakTests(ITestOutputHelper output)
{
    private const int Callers = 200;
    private const int MaxSinkFailure = 50; // One record in so many makes the second sink throw.
    private const long MaxGrowth = 16 * 1024 * 1024;

    private static readonly string[] Ways = ["whole", "dribble", "late", "ends", "resets", "stalls", "500-html", "429-empty", "fails"];

    private int _compared;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("1.1")]
    [InlineData("2")]
    public async Task Streams_InGreatNumbersWithFaults_LoseNothing(string httpVersion)
    {
        int seed = Setting("USAGECAPTURE_SOAK_SEED", Environment.TickCount);
        var length = TimeSpan.FromSeconds(Setting("USAGECAPTURE_SOAK_SECONDS", 2) / 2.0);
        output.WriteLine($"USAGECAPTURE_SOAK_SEED={seed}");
        await using FaultServer server = await FaultServer.StartAsync();
        var seen = new SeenIds();
        HttpMessageHandler sockets = new SocketsHttpHandler();
        var sent = new CountingHandler(httpVersion == "1.1" ? sockets : new Http2Handler(sockets));
        var handler = new UsageCaptureHandler([seen, new ActionSink(FailSometimes)], logger: NullLogger<UsageCaptureHandler>.Instance)
        {
            InnerHandler = sent,
        };
        long before = 0;
        using (var client = new HttpClient(handler) { Timeout = TimeSpan.FromSeconds(30) })
        {
            // Once to warm up: pools and connections are made, and stay.
            await RunAsync(client, server, httpVersion, seed, length / 4);
            before = GC.GetTotalMemory(forceFullCollection: true);
            await RunAsync(client, server, httpVersion, seed + 1, length * 3 / 4);
        } // Waits for what is drained.

        Assert.Equal((sent.Requests, 0), (seen.Count, seen.Repeated));
        Assert.True(_compared > 0);
        await server.WaitUntilIdleAsync(); // No connection is left open: the server sees each of them go.

        // What is known of each record is its id: 16 bytes, in a set that doubles as it grows.
        long growth = GC.GetTotalMemory(forceFullCollection: true) - before - (100L * seen.Count);
        output.WriteLine($"{sent.Requests} exchanges, {_compared} bodies compared, {growth / 1024} KiB more memory.");
        Assert.InRange(growth, long.MinValue, MaxGrowth);
    }

    private static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out int value) ? value : otherwise;

    private static void FailSometimes(UsageRecord record)
    {
        if (record.Id.GetHashCode() % MaxSinkFailure == 0)
        {
            throw new InvalidOperationException("The table is gone.");
        }
    }

    private Task RunAsync(HttpClient client, FaultServer server, string httpVersion, int seed, TimeSpan length)
    {
        long end = TimeProvider.System.GetTimestamp() + (long)(length.TotalSeconds * TimeProvider.System.TimestampFrequency);
        return Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(async () =>
        {
            var random = new Random(HashCode.Combine(seed, caller));
            while (TimeProvider.System.GetTimestamp() < end)
            {
                await CallAsync(client, server, httpVersion, random);
            }
        })));
    }

    private async Task CallAsync(HttpClient client, FaultServer server, string httpVersion, Random random)
    {
        ProtocolAnswer answer = ProtocolAnswer.All[random.Next(ProtocolAnswer.All.Count)];
        string way = Ways[random.Next(answer.Failing is null ? Ways.Length - 1 : Ways.Length)];
        var at = (Milestone)random.Next((int)Milestone.End);
        using HttpRequestMessage request = answer.CreateRequest(server.At(answer, way, at, httpVersion));
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);
        if (way == "stalls" || random.Next(10) == 0)
        {
            cancel.CancelAfter(TimeSpan.FromMilliseconds(random.Next(1, 60)));
        }

        int limit = random.Next(4) == 0 ? random.Next(answer.Body.Length) : int.MaxValue;
        using var read = new MemoryStream();
        bool isWhole = false;
        try
        {
            using HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel.Token);
            Stream body = await response.Content.ReadAsStreamAsync(cancel.Token);
            isWhole = await ReadAsync(body, read, limit, 1 + random.Next(2_000), cancel.Token);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or OperationCanceledException)
        {
            // As the server or the caller would have it.
        }

        ReadOnlySpan<byte> expected = FaultServer.BodyOf(answer, way, at).Span;
        ReadOnlySpan<byte> bytes = read.ToArray();
        Assert.True(isWhole ? bytes.SequenceEqual(expected) : expected.StartsWith(bytes), $"{answer}, {way}: {Encoding.UTF8.GetString(bytes)}");
        Interlocked.Increment(ref _compared);
    }

    private static async Task<bool> ReadAsync(Stream body, MemoryStream read, int limit, int size, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[size];
        while (read.Length < limit)
        {
            int count = await body.ReadAsync(buffer, cancellationToken);
            read.Write(buffer, 0, count);
            if (count == 0)
            {
                return true;
            }
        }

        return false;
    }
}
