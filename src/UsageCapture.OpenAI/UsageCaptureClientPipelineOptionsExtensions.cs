using System.ClientModel.Primitives;

namespace UsageCapture;

/// <summary>Plugs usage capture into clients built on <c>System.ClientModel</c>: OpenAI's and Azure OpenAI's.</summary>
/// <remarks>
/// Both methods leave time-outs to the SDK, whose <see cref="ClientPipelineOptions.NetworkTimeout"/> applies to each network
/// operation: <see cref="HttpClient"/>'s own 100 seconds would cut off a model that thinks longer. The SDK's retries pass the capture
/// one by one: each attempt is a record.
/// </remarks>
public static class UsageCaptureClientPipelineOptionsExtensions
{
    // The default of HttpClient.Timeout. A client that has another was given it on purpose.
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(100);

    // One for the process, as the SDKs have one: sockets are shared, and nobody has to dispose of anything. Redirects are the SDK's
    // affair, and connections are renewed now and then so that changes of DNS are seen.
    private static readonly SocketsHttpHandler SharedSockets = new()
    {
        AllowAutoRedirect = false,
        PooledConnectionLifetime = TimeSpan.FromMinutes(15),
    };

    /// <summary>Captures the usage of every call of the client into a sink, without a container.</summary>
    /// <typeparam name="TOptions">The client's options, such as <c>OpenAIClientOptions</c> or <c>AzureOpenAIClientOptions</c>.</typeparam>
    /// <param name="options">The options that the client is made with.</param>
    /// <param name="sink">Where records go. It is not disposed of with the client.</param>
    /// <param name="captureOptions">What can be chosen about capturing; null for the defaults.</param>
    /// <param name="innerHandler">
    /// What sends the requests, for a proxy, a client certificate or handlers of your own, and yours to dispose of; null for sockets that
    /// the process shares.
    /// </param>
    /// <returns>The same options.</returns>
    /// <exception cref="InvalidOperationException">The options have a transport already.</exception>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">A capture option is out of range; the message names it.</exception>
    public static TOptions UseUsageCapture<TOptions>(
        this TOptions options, IUsageSink sink, UsageCaptureOptions? captureOptions = null, HttpMessageHandler? innerHandler = null)
        where TOptions : ClientPipelineOptions
    {
        ArgumentNullException.ThrowIfNull(options);
        var capture = new UsageCaptureHandler(sink, captureOptions) { InnerHandler = innerHandler ?? SharedSockets };
        return Use(options, new HttpClient(capture, disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan });
    }

    /// <summary>Sends every call of the client through a named client that was registered with <c>AddUsageCapture</c>.</summary>
    /// <typeparam name="TOptions">The client's options, such as <c>OpenAIClientOptions</c> or <c>AzureOpenAIClientOptions</c>.</typeparam>
    /// <param name="options">The options that the client is made with.</param>
    /// <param name="httpClientFactory">The factory, from the container.</param>
    /// <param name="name">The name that the client was registered with.</param>
    /// <returns>The same options.</returns>
    /// <remarks>
    /// SDK clients live long; handlers of the factory are renewed all the same, for each call asks for the current ones. Default headers
    /// of the named client are sent, and a time-out of its own is kept if it is not the default of 100 seconds.
    /// </remarks>
    /// <exception cref="InvalidOperationException">
    /// The options have a transport already, or the named client was not registered with <c>AddUsageCapture</c>.
    /// </exception>
    public static TOptions UseUsageCapture<TOptions>(this TOptions options, IHttpClientFactory httpClientFactory, string name)
        where TOptions : ClientPipelineOptions
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(httpClientFactory);
        ArgumentNullException.ThrowIfNull(name);
        HttpClient named = httpClientFactory.CreateClient(name);
        HttpClient client = named;
        if (httpClientFactory is IHttpMessageHandlerFactory handlers)
        {
            RequireCapture(handlers.CreateHandler(name), name);
            client = new HttpClient(new NamedHandler(handlers, name), disposeHandler: false) { Timeout = named.Timeout };
            foreach (KeyValuePair<string, IEnumerable<string>> header in named.DefaultRequestHeaders)
            {
                client.DefaultRequestHeaders.TryAddWithoutValidation(header.Key, header.Value);
            }
        }

        if (client.Timeout == DefaultTimeout)
        {
            client.Timeout = Timeout.InfiniteTimeSpan;
        }

        return Use(options, client);
    }

    private static TOptions Use<TOptions>(TOptions options, HttpClient client)
        where TOptions : ClientPipelineOptions
    {
        if (options.Transport is CallIdTransport)
        {
            throw new InvalidOperationException(
                $"UseUsageCapture has been called on these {options.GetType().Name} already. Call it once for each client.");
        }

        if (options.Transport is not null)
        {
            throw new InvalidOperationException(
                $"These {options.GetType().Name} have a transport already, a {options.Transport.GetType().Name}. Leave Transport unset, or give your own HttpClient a UsageCaptureHandler instead.");
        }

        options.Transport = new CallIdTransport(client);
        return options;
    }

    private static void RequireCapture(HttpMessageHandler? handler, string name)
    {
        while (handler is DelegatingHandler { InnerHandler: { } inner } and not UsageCaptureHandler)
        {
            handler = inner;
        }

        if (handler is not UsageCaptureHandler)
        {
            throw new InvalidOperationException(
                $"The HTTP client '{name}' captures no usage. Register it with services.AddHttpClient(\"{name}\").AddUsageCapture().");
        }
    }
}
