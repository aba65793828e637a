using System.IO.Pipelines;
using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace UsageCapture.Tests.Fakes;

/// <summary>A server whose response the test writes piece by piece: what is not yet written, a read waits for.</summary>
internal sealed class PipedHandler : HttpMessageHandler
{
    private readonly Pipe _body = new();

    public string ContentType { get; init; } = "text/event-stream";

    public HttpStatusCode Status { get; init; } = HttpStatusCode.OK;

    public async Task SendAsync(string text) => await _body.Writer.WriteAsync(Encoding.UTF8.GetBytes(text), TestContext.Current.CancellationToken);

    public void End() => _body.Writer.Complete();

    public void Break(Exception exception) => _body.Writer.Complete(exception);

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        Task.FromResult(Respond(request));

    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken) => Respond(request);

    private HttpResponseMessage Respond(HttpRequestMessage request) => new(Status)
    {
        RequestMessage = request,
        Content = new StreamContent(_body.Reader.AsStream()) { Headers = { ContentType = MediaTypeHeaderValue.Parse(ContentType) } },
    };
}
