namespace UsageCapture;

/// <summary>Sends each request through the handlers that the HTTP client factory currently uses for a named client.</summary>
/// <remarks>
/// It is the only handler of an <see cref="HttpClient"/> that an SDK client keeps as long as the application runs. The factory replaces its
/// handlers from time to time, so that DNS changes are noticed. So this handler asks the factory again for each request. The factory owns and
/// disposes the handlers.
/// </remarks>
/// <param name="handlerFactory">The handler factory of the container. The default <see cref="IHttpClientFactory"/> implements this interface, too.</param>
/// <param name="clientName">The name of the HTTP client whose handlers are used.</param>
internal sealed class HttpClientFactoryHandler(IHttpMessageHandlerFactory handlerFactory, string clientName) : HttpMessageHandler
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        CreateInvoker().SendAsync(request, cancellationToken);

    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken) =>
        CreateInvoker().Send(request, cancellationToken);

    // The invoker makes the protected Send methods of the handler callable. The invoker holds nothing that must be disposed.
    private HttpMessageInvoker CreateInvoker() => new(handlerFactory.CreateHandler(clientName), disposeHandler: false);
}
