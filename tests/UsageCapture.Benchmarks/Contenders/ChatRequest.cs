using System.Net.Http.Headers;
using System.Text;

namespace UsageCapture.Benchmarks.Contenders;

/// <summary>The request that goes out: streamed, and without a word on usage, so that the handler has to add it.</summary>
internal static class ChatRequest
{
    private static readonly MediaTypeHeaderValue Json = new("application/json");

    private static readonly byte[] Body = Encoding.UTF8.GetBytes(
        """
        {"model":"gpt-5-mini","messages":[{"role":"system","content":"You answer briefly."},{"role":"user","content":"Why is it hard to know what a streamed answer cost?"}],"temperature":1,"stream":true}
        """);

    public static HttpRequestMessage Create(Uri address)
    {
        var content = new ByteArrayContent(Body);
        content.Headers.ContentType = Json;
        return new HttpRequestMessage(HttpMethod.Post, address) { Content = content };
    }
}
