using BenchmarkDotNet.Attributes;
using UsageCapture.Benchmarks.Loopback;

namespace UsageCapture.Benchmarks;

/// <summary>Streams from a server on this machine, with usage capture and without; one operation is one request.</summary>
[MemoryDiagnoser]
public class LoopbackBenchmarks
{
    private const int Requests = 2048;

    private LoopbackServer? _server;
    private LoopbackClients? _clients;

    [Params(1, 32, 512)]
    public int Callers { get; set; }

    [GlobalSetup]
    public async Task SetUpAsync()
    {
        _server = await LoopbackServer.StartAsync();
        _clients = new LoopbackClients();
    }

    [GlobalCleanup]
    public async Task CleanUpAsync()
    {
        _clients?.Dispose();
        await (_server?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Requests)]
    public Task Without() => new Callers(_clients!.Without, _server!.Address, Callers).RunAsync(Requests);

    [Benchmark(OperationsPerInvoke = Requests)]
    public Task With() => RunAsync(_clients!.With);

    [Benchmark(OperationsPerInvoke = Requests)]
    public Task Hiding() => RunAsync(_clients!.Hiding);

    private async Task RunAsync(HttpClient client)
    {
        await new Callers(client, _server!.Address, Callers).RunAsync(Requests);
        _clients!.Sink.Clear();
    }
}
