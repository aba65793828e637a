using System.Runtime.CompilerServices;
using UsageCapture.Benchmarks.Bodies;

namespace UsageCapture.Benchmarks.Contenders;

/// <summary>The way in which everybody here sends a request and reads the response.</summary>
internal sealed class ResponseReader : IDisposable
{
    private readonly HttpClient _client;
    private readonly Uri _address;
    private readonly byte[] _buffer = new byte[Reads.BufferLength];

    public ResponseReader(HttpMessageHandler handler, Uri address)
    {
        // The client's own time limit costs a timer per request, which has nothing to do with the matter.
        _client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        _address = address;
    }

    /// <summary>Sends the request and comes back with the headers of the response.</summary>
    public async ValueTask<HttpResponseMessage> SendAsync()
    {
        using HttpRequestMessage request = ChatRequest.Create(_address);
        return await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    /// <summary>Sends the request and reads the response to its end.</summary>
    /// <returns>How many bytes it has.</returns>
    public async ValueTask<long> ReadToEndAsync()
    {
        using HttpResponseMessage response = await SendAsync();
        await using Stream body = await response.Content.ReadAsStreamAsync();
        long length = 0;
        while (await ReadAsync(body, _buffer) is > 0 and int read)
        {
            length += read;
        }

        return length;
    }

    public void Dispose() => _client.Dispose();

    // The runtime would make the call cheaper for the type of stream that it happens to see most while it compiles this class, and one
    // contender would gain from that. With this attribute, it compiles the call once and the same for all streams.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static ValueTask<int> ReadAsync(Stream body, Memory<byte> buffer) => body.ReadAsync(buffer);
}
