using System.ClientModel.Primitives;

using Microsoft.Extensions.Logging;

namespace UsageCapture;

/// <summary>Adds usage capture to SDK clients that use <c>System.ClientModel</c>: the OpenAI SDK and the Azure OpenAI SDK.</summary>
/// <remarks>
/// <para>
/// Call one of the methods on the options, before the client is created:
/// <c>new ChatClient(model, key, new OpenAIClientOptions().UseUsageCapture(sink))</c>.
/// </para>
/// <para>
/// The default timeout of <see cref="HttpClient"/>, 100 seconds, is turned off, because it is too short for some models. The SDK's
/// <see cref="ClientPipelineOptions.NetworkTimeout"/> still applies. Each retry of the SDK has its own record, and the records of one call
/// share their <see cref="UsageRecord.CallId"/>.
/// </para>
/// </remarks>
public static class UsageCaptureClientPipelineOptionsExtensions
{
    // The default of HttpClient.Timeout. Another value was set on purpose, so it is kept. 100 seconds that were set on purpose look the same as
    // the default, and are turned off, too.
    private static readonly TimeSpan DefaultHttpTimeout = TimeSpan.FromSeconds(100);

    // One handler for the process, as in the SDKs: clients share connections, and need not be disposed. The SDK follows redirects itself.
    // Connections are renewed after 15 minutes, so that DNS changes are noticed soon, and new connections are still rare.
    private static readonly SocketsHttpHandler SharedSocketsHandler = new()
    {
        AllowAutoRedirect = false,
        PooledConnectionLifetime = TimeSpan.FromMinutes(15),
    };

    /// <summary>Captures the usage of every call of the client and writes it to a sink. No container is needed.</summary>
    /// <typeparam name="TOptions">The type of the client's options, such as <c>OpenAIClientOptions</c> or <c>AzureOpenAIClientOptions</c>.</typeparam>
    /// <param name="options">The options with which the client is created. Use them for one client only.</param>
    /// <param name="sink">Receives the records. It is not disposed with the client.</param>
    /// <param name="captureOptions">The options of usage capture; null for the defaults.</param>
    /// <param name="innerHandler">
    /// The handler that sends the requests, for example with a proxy or a client certificate. You dispose it. Null for a handler that all
    /// clients of the process share.
    /// </param>
    /// <param name="loggerFactory">
    /// Creates the logger that receives the failures of usage capture, and the records that the sink did not store. Null to write warnings
    /// and errors to the standard error stream, because a lost record must be visible. For no log, use
    /// <see cref="Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory"/>.
    /// </param>
    /// <returns>The same options.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="options"/> or <paramref name="sink"/> is null.</exception>
    /// <exception cref="InvalidOperationException">The options already have a transport.</exception>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">
    /// A capture option is invalid. The message names the value and the allowed values.
    /// </exception>
    public static TOptions UseUsageCapture<TOptions>(
        this TOptions options,
        IUsageSink sink,
        UsageCaptureOptions? captureOptions = null,
        HttpMessageHandler? innerHandler = null,
        ILoggerFactory? loggerFactory = null)
        where TOptions : ClientPipelineOptions
    {
        ArgumentNullException.ThrowIfNull(options);
        ILogger<UsageCaptureHandler>? logger = loggerFactory?.CreateLogger<UsageCaptureHandler>();
        var capture = new UsageCaptureHandler(sink, captureOptions, logger) { InnerHandler = innerHandler ?? SharedSocketsHandler };

        // The inner handler outlives the client: all clients share it, or the caller disposes it.
        return SetTransport(options, new HttpClient(capture, disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan });
    }

    /// <summary>Sends every call of the client through a named HTTP client that was registered with <c>AddUsageCapture</c>.</summary>
    /// <typeparam name="TOptions">The type of the client's options, such as <c>OpenAIClientOptions</c> or <c>AzureOpenAIClientOptions</c>.</typeparam>
    /// <param name="options">The options with which the client is created. Use them for one client only.</param>
    /// <param name="httpClientFactory">The factory of the container.</param>
    /// <param name="name">The name of the HTTP client.</param>
    /// <returns>The same options.</returns>
    /// <remarks>
    /// Each call uses the current handlers of the factory. So an SDK client may live as long as the application, and DNS changes are still
    /// noticed. The default headers of the HTTP client are sent, and its timeout applies unless it is the default of 100 seconds. Its other
    /// settings, such as the base address, have no effect. If the factory is not an <see cref="IHttpMessageHandlerFactory"/>, for example in a
    /// test, its client is used as it is: it is not checked for usage capture, and its handlers are not renewed.
    /// </remarks>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="InvalidOperationException">
    /// The options already have a transport, or the HTTP client was not registered with <c>AddUsageCapture</c>.
    /// </exception>
    public static TOptions UseUsageCapture<TOptions>(this TOptions options, IHttpClientFactory httpClientFactory, string name)
        where TOptions : ClientPipelineOptions
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(httpClientFactory);
        ArgumentNullException.ThrowIfNull(name);
        HttpClient client = httpClientFactory.CreateClient(name);
        if (httpClientFactory is IHttpMessageHandlerFactory handlerFactory)
        {
            ThrowIfNotCapturing(handlerFactory.CreateHandler(name), name);
            client = CreateRenewingClient(client, handlerFactory, name);
        }

        TurnOffDefaultTimeout(client);
        return SetTransport(options, client);
    }

    private static void TurnOffDefaultTimeout(HttpClient client)
    {
        if (client.Timeout != DefaultHttpTimeout)
        {
            return;
        }

        try
        {
            client.Timeout = Timeout.InfiniteTimeSpan;
        }
        catch (InvalidOperationException)
        {
            // A test double can return a client that has sent a request before. The timeout of such a client cannot be changed, so it stays.
        }
    }

    /// <summary>Creates a client with the timeout and the default headers of the named client. Each call uses the current handlers of the factory.</summary>
    private static HttpClient CreateRenewingClient(HttpClient namedClient, IHttpMessageHandlerFactory handlerFactory, string name)
    {
        var handler = new HttpClientFactoryHandler(handlerFactory, name); // There is nothing to dispose, because the factory owns its handlers.
        var client = new HttpClient(handler, disposeHandler: false) { Timeout = namedClient.Timeout };
        foreach (KeyValuePair<string, IEnumerable<string>> header in namedClient.DefaultRequestHeaders)
        {
            client.DefaultRequestHeaders.TryAddWithoutValidation(header.Key, header.Value);
        }

        return client;
    }

    private static TOptions SetTransport<TOptions>(TOptions options, HttpClient client)
        where TOptions : ClientPipelineOptions
    {
        // Only this class creates such a transport. So these options were passed to UseUsageCapture before.
        if (options.Transport is CallIdTransport)
        {
            throw new InvalidOperationException(
                $"UseUsageCapture was already called for these {options.GetType().Name}. Call it once for each client, with new options.");
        }

        if (options.Transport is not null)
        {
            throw new InvalidOperationException(
                $"These {options.GetType().Name} already have a transport, a {options.Transport.GetType().Name}. "
                + "Leave Transport unset, or add a UsageCaptureHandler to the HttpClient of that transport.");
        }

        // The policy keeps the caller's cancellation token, because the transport sees only a token of the SDK. The transport gives all retries
        // of a call the same CallId.
        options.AddPolicy(new CallerTokenPolicy(), PipelinePosition.PerCall);
        options.Transport = new CallIdTransport(client);
        return options;
    }

    /// <summary>Throws if no handler of the chain captures usage, because then the calls would silently leave no records.</summary>
    private static void ThrowIfNotCapturing(HttpMessageHandler firstHandler, string name)
    {
        for (HttpMessageHandler? handler = firstHandler; handler is not null; handler = (handler as DelegatingHandler)?.InnerHandler)
        {
            if (handler is UsageCaptureHandler)
            {
                return;
            }
        }

        throw new InvalidOperationException(
            $"The HTTP client '{name}' does not capture usage. Register it with services.AddHttpClient(\"{name}\").AddUsageCapture().");
    }
}
