namespace UsageCapture.TestSupport;

/// <summary>A handler that answers each request with a function, synchronously and asynchronously.</summary>
internal sealed class AnsweringHandler(Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> answer) : HttpMessageHandler
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        answer(request, cancellationToken);

    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken) =>
        answer(request, cancellationToken).GetAwaiter().GetResult();
}
