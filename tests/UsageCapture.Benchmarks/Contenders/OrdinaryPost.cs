using System.Net;
using System.Net.Http.Headers;

namespace UsageCapture.Benchmarks.Contenders;

/// <summary>Posts a small JSON document to an API that has nothing to do with language models, and reads the answer.</summary>
internal sealed class OrdinaryPost : IContender
{
    /// <summary>An address that no provider recognizes.</summary>
    public static readonly Uri OwnPath = new("https://shop.example.com/orders");

    /// <summary>An address with the path of a model's API. The body shows that it is another one.</summary>
    public static readonly Uri SharedPath = new("https://shop.example.com/v1/chat/completions");

    private static readonly MediaTypeHeaderValue Json = new("application/json");
    private static readonly byte[] RequestBody = """{"customer":4711,"items":[{"sku":"A-1","quantity":2},{"sku":"B-7","quantity":1}],"note":"By noon"}"""u8.ToArray();
    private static readonly byte[] ResponseBody = """{"order":90210,"status":"accepted","total":{"amount":"41.50","currency":"EUR"}}"""u8.ToArray();

    private readonly HttpClient _client;
    private readonly Uri _address;
    private readonly InMemoryUsageSink? _sink;

    /// <summary>Makes a contender.</summary>
    /// <param name="address">The address that the request goes to.</param>
    /// <param name="isCaptured">Whether the request goes through a <see cref="UsageCaptureHandler"/>.</param>
    public OrdinaryPost(Uri address, bool isCaptured)
    {
        HttpMessageHandler handler = new Server();
        if (isCaptured)
        {
            _sink = new InMemoryUsageSink();
            handler = new UsageCaptureHandler(_sink) { InnerHandler = handler };
        }

        // The client's own time limit costs a timer per request, which has nothing to do with the handler.
        _client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        _address = address;
    }

    /// <summary>Gets how many records there are. An ordinary request must leave none.</summary>
    public int Records => _sink?.Records.Count ?? 0;

    public async ValueTask<long> RunAsync()
    {
        var content = new ByteArrayContent(RequestBody);
        content.Headers.ContentType = Json;
        using var request = new HttpRequestMessage(HttpMethod.Post, _address) { Content = content };
        using HttpResponseMessage response = await _client.SendAsync(request);
        return (await response.Content.ReadAsByteArrayAsync()).Length;
    }

    public void Dispose() => _client.Dispose();

    private sealed class Server : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var content = new StreamContent(new MemoryStream(ResponseBody, writable: false));
            content.Headers.ContentType = Json;
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = content, RequestMessage = request });
        }
    }
}
