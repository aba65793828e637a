using System.IO.Compression;
using UsageCapture.Benchmarks.Bodies;

namespace UsageCapture.Benchmarks.Contenders;

/// <summary>Undoes the coding of the body and looks at nothing: what is spent before any parser sees a byte.</summary>
internal sealed class Inflation(HttpMessageHandler inner, Uri address) : IContender
{
    private readonly ResponseReader _response = new(inner, address);
    private readonly byte[] _buffer = new byte[Reads.BufferLength];

    public async ValueTask<long> RunAsync()
    {
        using HttpResponseMessage response = await _response.SendAsync();
        await using Stream encoded = await response.Content.ReadAsStreamAsync();
        await using var body = new GZipStream(encoded, CompressionMode.Decompress);
        long length = 0;
        while (await body.ReadAsync(_buffer) is > 0 and int read)
        {
            length += read;
        }

        return length;
    }

    public void Dispose() => _response.Dispose();
}
