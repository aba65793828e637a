using System.Collections.Concurrent;

using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

using UsageCapture.Testing;

namespace UsageCapture.Tests.Registration;

/// <summary>A host that stops under load: sinks that use the container have all records before it is disposed.</summary>
public sealed class HostShutdownTests
{
    private const int CallCount = 50;

    private readonly ReplayGate _gate = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Host_ThatStops_DeliversTheRecordsOfEndedAndOfLeftResponses(bool buffered)
    {
        var stored = new ConcurrentQueue<UsageRecord>();
        IHost host = CreateHost(stored, buffered);
        await host.StartAsync(Token);
        HttpClient client = host.Services.GetRequiredService<IHttpClientFactory>().CreateClient("openai");
        _gate.Release(3);
        await Task.WhenAll(Enumerable.Range(0, CallCount).Select(_ => LeaveAsync(client)));

        _gate.Open();
        await host.StopAsync(Token);
        host.Dispose();

        Assert.Equal(CallCount, stored.Count);
        Assert.All(stored, record => Assert.Equal((UsageOutcome.Abandoned, UsageStatus.Exact), (record.Outcome, record.Status)));
    }

    [Fact]
    public async Task Host_ThatStopsDuringCalls_DeliversTheirRecords()
    {
        var stored = new ConcurrentQueue<UsageRecord>();
        var callers = new Callers();
        IHost host = CreateHost(stored, buffered: true, services => services.AddHostedService(provider =>
        {
            callers.Client = provider.GetRequiredService<IHttpClientFactory>().CreateClient("openai");
            return callers;
        }));
        await host.StartAsync(Token);
        _gate.Release();
        await callers.Started.WaitAsync(Token);

        await host.StopAsync(Token);
        host.Dispose();

        Assert.Equal(CallCount, stored.Count);
        Assert.All(stored, record => Assert.Equal(UsageOutcome.Canceled, record.Outcome));
    }

    [Fact]
    public async Task Host_WhoseSinkHangs_StopsAfterItsShutdownTimeout()
    {
        var sink = new GatedSink();
        IHost host = new HostBuilder()
            .ConfigureServices(services =>
            {
                services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromMilliseconds(50));
                services.AddHttpClient("openai").ConfigurePrimaryHttpMessageHandler(() => new ReplayHandler(Chat.Answer)).AddUsageCapture();
                services.AddUsageSink(new BufferedUsageSink(sink, new BufferedUsageSinkOptions { ShutdownTimeout = TimeSpan.Zero }));
            })
            .Build();
        await host.StartAsync(Token);
        using HttpRequestMessage request = Chat.Request();
        (await host.Services.GetRequiredService<IHttpClientFactory>().CreateClient("openai").SendAsync(request, Token)).Dispose();
        await sink.Called.WaitAsync(Token);

        await host.StopAsync(Token); // It does not throw.
        host.Dispose();
        sink.Open();
    }

    private IHost CreateHost(ConcurrentQueue<UsageRecord> stored, bool buffered, Action<IServiceCollection>? configure = null) => new HostBuilder()
        .ConfigureServices(services =>
        {
            services.AddSingleton(stored);
            services.AddScoped<Database>();
            services.AddHttpClient("openai")
                .ConfigurePrimaryHttpMessageHandler(() => new ReplayHandler(Chat.Answer.InChunksByEvent()) { Gate = _gate })
                .AddUsageCapture();
            if (buffered)
            {
                services.AddBufferedUsageSink<ScopedSink>(options => options.MaxBatchSize = 1);
            }
            else
            {
                services.AddUsageSink<ScopedSink>();
            }

            configure?.Invoke(services);
        })
        .Build();

    /// <summary>Leaves a response after its finish reason, before its usage.</summary>
    private static async Task LeaveAsync(HttpClient client)
    {
        using HttpRequestMessage request = Chat.Request();
        using HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
        Stream body = await response.Content.ReadAsStreamAsync(Token);
        int length = Chat.Answer.GetEvents().Take(3).Sum(events => events.Length);
        await body.ReadExactlyAsync(new byte[length], Token);
    }

    private sealed class Database(ConcurrentQueue<UsageRecord> stored)
    {
        public async Task InsertAsync(IReadOnlyList<UsageRecord> records)
        {
            await Task.Yield();
            foreach (UsageRecord record in records)
            {
                stored.Enqueue(record);
            }
        }
    }

    /// <summary>A sink that takes a service from a scope for each write, as the README shows.</summary>
    private sealed class ScopedSink(IServiceScopeFactory scopes) : IUsageSink
    {
        public async ValueTask WriteAsync(IReadOnlyList<UsageRecord> records, CancellationToken cancellationToken)
        {
            await using AsyncServiceScope scope = scopes.CreateAsyncScope();
            await scope.ServiceProvider.GetRequiredService<Database>().InsertAsync(records);
        }
    }

    /// <summary>A service that reads responses until it stops.</summary>
    private sealed class Callers : BackgroundService
    {
        private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _readerCount;

        public Task Started => _started.Task;

        public HttpClient? Client { get; set; }

        protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
            Task.WhenAll(Enumerable.Range(0, CallCount).Select(_ => CallAsync(stoppingToken)));

        private async Task CallAsync(CancellationToken stoppingToken)
        {
            using HttpRequestMessage request = Chat.Request();
            using HttpResponseMessage response = await Client!.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stoppingToken);
            Stream body = await response.Content.ReadAsStreamAsync(stoppingToken);
            byte[] buffer = new byte[1000];
            await body.ReadAsync(buffer, stoppingToken);
            if (Interlocked.Increment(ref _readerCount) == CallCount)
            {
                _started.SetResult();
            }

            try
            {
                while (await body.ReadAsync(buffer, stoppingToken) > 0)
                {
                }
            }
            catch (OperationCanceledException)
            {
            }
        }
    }
}
