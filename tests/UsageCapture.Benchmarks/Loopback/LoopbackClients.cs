namespace UsageCapture.Benchmarks.Loopback;

/// <summary>A client with usage capture and one without, over the same connections.</summary>
internal sealed class LoopbackClients : IDisposable
{
    private readonly SocketsHttpHandler _sockets = new() { UseProxy = false };

    public LoopbackClients()
    {
        Without = new HttpClient(_sockets, disposeHandler: false);
        With = new HttpClient(new UsageCaptureHandler(Sink) { InnerHandler = _sockets }, disposeHandler: false);
    }

    public InMemoryUsageSink Sink { get; } = new();

    public HttpClient Without { get; }

    public HttpClient With { get; }

    public void Dispose()
    {
        With.Dispose();
        Without.Dispose();
        _sockets.Dispose();
    }
}
