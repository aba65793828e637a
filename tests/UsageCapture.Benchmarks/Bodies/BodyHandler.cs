using System.Net;
using System.Net.Http.Headers;

namespace UsageCapture.Benchmarks.Bodies;

/// <summary>Answers every request with the same body, out of memory.</summary>
internal sealed class BodyHandler(Body body, Reads reads) : HttpMessageHandler
{
    private static readonly MediaTypeHeaderValue EventStream = new("text/event-stream");
    private static readonly MediaTypeHeaderValue Json = new("application/json");

    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var content = new StreamContent(new BodyStream(body, reads));
        content.Headers.ContentType = body.IsEventStream ? EventStream : Json;
        if (body.IsGzip)
        {
            content.Headers.ContentEncoding.Add("gzip");
        }

        return new HttpResponseMessage(HttpStatusCode.OK) { Content = content, RequestMessage = request };
    }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        Task.FromResult(Send(request, cancellationToken));
}
