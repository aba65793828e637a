namespace UsageCapture;

/// <summary>Sends each request through the handlers that the factory currently has for a name.</summary>
/// <remarks>
/// A client that keeps its handlers for ever, as one behind an SDK client would, never sees them renewed. The factory owns the handlers
/// and disposes of them; nothing is disposed of here.
/// </remarks>
internal sealed class NamedHandler(IHttpMessageHandlerFactory factory, string name) : HttpMessageHandler
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        Invoker().SendAsync(request, cancellationToken);

    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken) =>
        Invoker().Send(request, cancellationToken);

    private HttpMessageInvoker Invoker() => new(factory.CreateHandler(name), disposeHandler: false);
}
