using System.Text;

namespace UsageCapture.Tests.Fakes;

/// <summary>Answers every request with the same body.</summary>
internal sealed class AnsweringHandler(string body, string mediaType) : HttpMessageHandler
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        Task.FromResult(Send(request, cancellationToken));

    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken) =>
        new() { RequestMessage = request, Content = new StringContent(body, Encoding.UTF8, mediaType) };
}
