using System.Globalization;
using System.Text;

using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

using UsageCapture.Testing.Replay;
using UsageCapture.Tests.Exchanges;

namespace UsageCapture.Tests.Soak;

/// <summary>Thousands of streams over real sockets, with random faults. In the end nothing is lost, doubled, changed or left open.</summary>
/// <remarks>
/// The server breaks responses, callers leave and dispose requests that are under way, one sink throws and hangs, and the loggers throw.
/// It lasts as long as <c>USAGECAPTURE_SOAK_SECONDS</c> says, two seconds without it. <c>USAGECAPTURE_SOAK_SEED</c> repeats the choices of a
/// run; the seed of every run is in its output.
/// </remarks>
public sealed class SoakTests(ITestOutputHelper output)
{
    private const int Callers = 200;
    private const int CallsBeforeShutdown = 500;
    private const long MaxGrowth = 16 * 1024 * 1024;

    private static readonly string[] Ways = ["whole", "dribble", "late", "ends", "resets", "stalls", "500-html", "429-empty", "fails"];

    private int _compared;

    // Reached only when a record is lost.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    // Short, because one record in twenty makes the hostile sink hang. Long enough that most of its records are in time.
    private static readonly UsageCaptureOptions Options = new() { PublishTimeout = TimeSpan.FromMilliseconds(100) };

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
        var hostile = new HostileSink();
        var log = new LostRecords<UsageCaptureHandler>();
        IUsageSink[] sinks = [seen, hostile, new LoggingUsageSink(new ThrowingLogger<LoggingUsageSink>())];
        var handler = new UsageCaptureHandler(sinks, Options, log)
        {
            InnerHandler = sent,
        };
        long before;
        using (var client = new HttpClient(handler) { Timeout = TimeSpan.FromSeconds(30) })
        {
            // Once to warm up: pools and connections are made, and stay.
            await RunAsync(client, server, httpVersion, seed, length / 4);
            before = GC.GetTotalMemory(forceFullCollection: true);
            await RunAsync(client, server, httpVersion, seed + 1, length * 3 / 4);
        } // Waits for what is drained.

        Assert.Equal((sent.Requests, 0), (seen.Count, seen.Repeated));
        Assert.Equal(0, seen.CountMissing(hostile.Stored, log.Logged)); // What the sink did not store is in the log.
        Assert.True(_compared > 0);
        await server.WaitUntilIdleAsync(); // No connection is left open: the server sees each of them go.

        // What is known of each record is its id: 16 bytes, in three sets that double as they grow.
        long growth = GC.GetTotalMemory(forceFullCollection: true) - before - (300L * seen.Count);
        output.WriteLine($"{sent.Requests} exchanges, {_compared} bodies compared, {growth / 1024} KiB more memory.");
        Assert.InRange(growth, long.MinValue, MaxGrowth);
    }

    [Fact]
    public async Task Container_DisposedWhileCallsRun_LosesNoRecord()
    {
        int seed = Setting("USAGECAPTURE_SOAK_SEED", Environment.TickCount);
        output.WriteLine($"USAGECAPTURE_SOAK_SEED={seed}");
        await using FaultServer server = await FaultServer.StartAsync();
        var seen = new SeenIds();
        var changed = new ChangeNotifier();
        var buffered = new HostileSink(changed);
        var log = new LostRecords<UsageCaptureHandler>(changed);
        var bufferLog = new LostRecords<BufferedUsageSink>(changed);
        var sent = new CountingHandler(new SocketsHttpHandler());
        var services = new ServiceCollection();
        services.AddSingleton<ILogger<UsageCaptureHandler>>(log).AddSingleton<ILogger<BufferedUsageSink>>(bufferLog);
        services.AddUsageSink(seen).AddSingleton(buffered).AddBufferedUsageSink<HostileSink>(queue =>
        {
            queue.MaxBatchSize = 1;
            queue.ShutdownTimeout = TimeSpan.FromMilliseconds(100); // The sink hangs for one of the first records.
        });
        services.AddHttpClient("openai").ConfigurePrimaryHttpMessageHandler(() => sent)
            .AddUsageCapture(options => options.PublishTimeout = Options.PublishTimeout);
        ServiceProvider provider = services.BuildServiceProvider();
        HttpClient client = provider.GetRequiredService<IHttpClientFactory>().CreateClient("openai");
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);

        Task calls = RunAsync(client, server, "1.1", seed, () => stop.IsCancellationRequested);
        await server.WaitForRequestsAsync(CallsBeforeShutdown);
        await provider.DisposeAsync();
        int stoppedAt = server.Received;
        await server.WaitForRequestsAsync(stoppedAt + Callers); // Calls go on, with the container gone.
        await stop.CancelAsync();
        await calls;
        client.Dispose();
        sent.Dispose();

        Assert.Equal((sent.Requests, 0), (seen.Count, seen.Repeated));

        // The container waits for no call that began after its disposal, so the last of them may still be in the background.
        await changed.WaitUntilAsync(() => seen.CountMissing(buffered.Stored, log.Logged, bufferLog.Logged) == 0, Token).WaitAsync(Patience, Token);
        await server.WaitUntilIdleAsync();
    }

    private static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out int value) ? value : otherwise;

    private Task RunAsync(HttpClient client, FaultServer server, string httpVersion, int seed, TimeSpan length)
    {
        long end = TimeProvider.System.GetTimestamp() + (long)(length.TotalSeconds * TimeProvider.System.TimestampFrequency);
        return RunAsync(client, server, httpVersion, seed, () => TimeProvider.System.GetTimestamp() >= end);
    }

    private Task RunAsync(HttpClient client, FaultServer server, string httpVersion, int seed, Func<bool> isOver) =>
        Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(async () =>
        {
            var random = new Random(HashCode.Combine(seed, caller));
            while (!isOver())
            {
                await CallAsync(client, server, httpVersion, random);
            }
        })));

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

        bool disposesInFlight = random.Next(10) == 0;
        int limit = random.Next(4) == 0 ? random.Next(answer.Body.Length) : int.MaxValue;
        using var read = new MemoryStream();
        bool isWhole = false;
        try
        {
            Task<HttpResponseMessage> sending = client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel.Token);
            if (disposesInFlight)
            {
                // As a caller does who awaits Task.WhenAny and leaves the block of its request.
                for (int i = random.Next(4); i > 0 && !sending.IsCompleted; i--)
                {
                    await Task.Yield();
                }

                request.Dispose();
            }

            using HttpResponseMessage response = await sending;
            Stream body = await response.Content.ReadAsStreamAsync(cancel.Token);
            isWhole = await ReadAsync(body, read, limit, 1 + random.Next(2_000), cancel.Token);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or OperationCanceledException
            || (disposesInFlight && exception is ObjectDisposedException))
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
