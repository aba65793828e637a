using System.Net.Http.Headers;

namespace UsageCapture.Tests.Oracle;

/// <summary>Answers with a mutated body, in reads that end where it is cut.</summary>
internal sealed class CutBodyHandler(MutatedBody body) : HttpMessageHandler
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        Task.FromResult(new HttpResponseMessage
        {
            RequestMessage = request,
            Content = new StreamContent(new CutStream(body.Body, body.Cuts))
            {
                Headers = { ContentType = body.MediaType is { } mediaType ? new MediaTypeHeaderValue(mediaType) : null },
            },
        });
}
