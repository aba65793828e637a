using UsageCapture.Benchmarks.Bodies;

namespace UsageCapture.Benchmarks.Contenders;

/// <summary>Reads the response through a <see cref="UsageCaptureHandler"/>.</summary>
internal sealed class CapturedRead : IContender
{
    private readonly InMemoryUsageSink _sink = new();
    private readonly ResponseReader _response;

    public CapturedRead(HttpMessageHandler inner, Uri address) =>
        _response = new ResponseReader(new UsageCaptureHandler(_sink) { InnerHandler = inner }, address);

    public Tokens? Found =>
        _sink.Records is [{ Status: UsageStatus.Exact, Usage: { InputTokens: { } input, OutputTokens: { } output } }]
            ? new Tokens(input, output)
            : null;

    public ValueTask<long> RunAsync()
    {
        _sink.Clear();
        return _response.ReadToEndAsync();
    }

    public void Dispose() => _response.Dispose();
}
