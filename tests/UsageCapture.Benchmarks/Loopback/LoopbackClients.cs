namespace UsageCapture.Benchmarks.Loopback;

/// <summary>A client without usage capture, one with it, and one that hides what it asked for as well, over the same connections.</summary>
internal sealed class LoopbackClients : IDisposable
{
    private readonly SocketsHttpHandler _sockets = new() { UseProxy = false };

    public LoopbackClients()
    {
        Without = new HttpClient(_sockets, disposeHandler: false);
        With = new HttpClient(new UsageCaptureHandler(Sink) { InnerHandler = _sockets }, disposeHandler: false);
        var hide = new UsageCaptureOptions { InjectedUsage = InjectedUsageMode.Hide };
        Hiding = new HttpClient(new UsageCaptureHandler(Sink, hide) { InnerHandler = _sockets }, disposeHandler: false);
    }

    public InMemoryUsageSink Sink { get; } = new();

    public HttpClient Without { get; }

    public HttpClient With { get; }

    public HttpClient Hiding { get; }

    public void Dispose()
    {
        Hiding.Dispose();
        With.Dispose();
        Without.Dispose();
        _sockets.Dispose();
    }
}
