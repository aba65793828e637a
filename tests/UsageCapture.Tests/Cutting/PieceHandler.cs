using System.Net;

using UsageCapture.Testing;

namespace UsageCapture.Tests.Cutting;

/// <summary>Answers every request with one recording, whose body is cut at given places.</summary>
/// <remarks>It does less than a <see cref="ReplayHandler"/>, because these tests send several hundred thousand requests.</remarks>
internal sealed class PieceHandler(Recording recording, Cuts cuts) : HttpMessageHandler
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        Task.FromResult(Send(request, cancellationToken));

    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = new HttpResponseMessage((HttpStatusCode)recording.Response.Status)
        {
            Content = new StreamContent(new PieceStream(recording.Body, cuts)),
            RequestMessage = request,
        };
        foreach ((string name, string value) in recording.Response.Headers ?? new Dictionary<string, string>())
        {
            if (!response.Headers.TryAddWithoutValidation(name, value))
            {
                response.Content.Headers.TryAddWithoutValidation(name, value);
            }
        }

        return response;
    }
}
