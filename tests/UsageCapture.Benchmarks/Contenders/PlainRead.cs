namespace UsageCapture.Benchmarks.Contenders;

/// <summary>Reads the response and does nothing with it: what is subtracted from everybody else.</summary>
internal sealed class PlainRead(HttpMessageHandler inner, Uri address) : IContender
{
    private readonly ResponseReader _response = new(inner, address);

    public ValueTask<long> RunAsync() => _response.ReadToEndAsync();

    public void Dispose() => _response.Dispose();
}
