using Microsoft.Extensions.Logging;

using UsageCapture.Decoding;
using UsageCapture.Delivery;
using UsageCapture.Exchanges;
using UsageCapture.Recognition;
using UsageCapture.Requests;
using UsageCapture.Responses;
using UsageCapture.Telemetry;

namespace UsageCapture;

/// <summary>Captures the token usage of the language-model calls that pass through it. All other requests pass through unchanged.</summary>
/// <remarks>
/// <para>
/// With a container, call <c>AddUsageCapture</c> on the <c>IHttpClientBuilder</c>. Without one:
/// </para>
/// <code>
/// var client = new HttpClient(new UsageCaptureHandler(sink) { InnerHandler = new SocketsHttpHandler() });
/// </code>
/// <para>
/// The handler adds an option to streamed chat requests, so that the server reports usage. It reads the counts from the response while the
/// caller reads it, and writes a <see cref="UsageRecord"/> to every sink before the caller sees the end of the response.
/// </para>
/// <para>
/// The caller receives the bytes that the server sent, except the event that <see cref="UsageCaptureOptions.InjectedUsage"/> may hide. No
/// failure of the handler or of a sink reaches the caller. The body of each request to a recognized API is read into memory, up
/// to 256 MiB. A larger one is sent unchanged; its exchange still has a record.
/// </para>
/// <para>
/// Place it inside a retry handler to get a record for each attempt. Outside of one, there is a record for the last attempt only. When one
/// handler of this type is inside another, only the inner one captures, because it sees each attempt. Thread-safe.
/// </para>
/// </remarks>
public sealed class UsageCaptureHandler : DelegatingHandler
{
    private readonly ExchangeContext _context;
    private readonly ProviderRegistry _registry;
    private readonly UsageRequestMode _requestMode;
    private readonly Action<HttpRequestMessage, IDictionary<string, string>>? _enrich;
    private readonly RefusalDetector _refusalDetector;

    // True without a container: disposing this handler waits for the work in the background. A container waits itself.
    private readonly bool _ownsBackground;

    /// <summary>Creates a handler that writes to one sink.</summary>
    /// <param name="sink">Receives the records. The handler does not dispose it.</param>
    /// <param name="options">The options; null for the defaults. Later changes have no effect.</param>
    /// <param name="logger">
    /// Receives the failures of the handler and of sinks, and the records that a sink did not store. Null to write warnings and errors to the
    /// standard error stream, because a lost record must be visible. For no log, use
    /// <see cref="Microsoft.Extensions.Logging.Abstractions.NullLogger{T}"/>.
    /// </param>
    /// <param name="timeProvider">The clock; null for the system clock.</param>
    /// <exception cref="ArgumentNullException"><paramref name="sink"/> is null.</exception>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">An option is invalid. The message names the value and the allowed values.</exception>
    public UsageCaptureHandler(
        IUsageSink sink, UsageCaptureOptions? options = null, ILogger<UsageCaptureHandler>? logger = null, TimeProvider? timeProvider = null)
        : this([sink ?? throw new ArgumentNullException(nameof(sink))], options, logger, timeProvider)
    {
    }

    /// <summary>Creates a handler that writes to several sinks. A sink that fails or is slow does not affect the others.</summary>
    /// <param name="sinks">
    /// Receive the records. The handler does not dispose them. A sink that is in the list twice receives each record once. May be empty when
    /// only <see cref="UsageScope"/> is used.
    /// </param>
    /// <param name="options">The options; null for the defaults. Later changes have no effect.</param>
    /// <param name="logger">
    /// Receives the failures of the handler and of sinks, and the records that a sink did not store. Null to write warnings and errors to the
    /// standard error stream, because a lost record must be visible. For no log, use
    /// <see cref="Microsoft.Extensions.Logging.Abstractions.NullLogger{T}"/>.
    /// </param>
    /// <param name="timeProvider">The clock; null for the system clock.</param>
    /// <exception cref="ArgumentNullException"><paramref name="sinks"/> is null.</exception>
    /// <exception cref="ArgumentException">A sink in the list is null.</exception>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">An option is invalid. The message names the value and the allowed values.</exception>
    public UsageCaptureHandler(
        IEnumerable<IUsageSink> sinks,
        UsageCaptureOptions? options = null,
        ILogger<UsageCaptureHandler>? logger = null,
        TimeProvider? timeProvider = null)
        : this(
            new SinkSource(sinks ?? throw new ArgumentNullException(nameof(sinks))),
            options,
            logger,
            timeProvider,
            new BackgroundWork(),
            new RefusingEndpoints()) => _ownsBackground = true;

    /// <summary>Creates a handler for a container.</summary>
    /// <param name="sinks">Creates the sinks when the first exchange begins.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <param name="logger">Receives the failures of the handler and of sinks; null for the standard error stream.</param>
    /// <param name="timeProvider">The clock; null for the system clock.</param>
    /// <param name="backgroundWork">Tracks the work of all handlers that continues after callers have left. The container disposes it.</param>
    /// <param name="refusingEndpoints">The endpoints that refuse the option. Handlers share them, because factories often replace handlers.</param>
    internal UsageCaptureHandler(
        SinkSource sinks,
        UsageCaptureOptions? options,
        ILogger<UsageCaptureHandler>? logger,
        TimeProvider? timeProvider,
        BackgroundWork backgroundWork,
        RefusingEndpoints refusingEndpoints)
    {
        options ??= new UsageCaptureOptions();
        options.Validate();
        ILogger log = GuardedLogger.Wrap(logger);
        _registry = new ProviderRegistry(options, log);
        _requestMode = options.UsageRequest;
        _enrich = options.Enrich;
        timeProvider ??= TimeProvider.System;
        _refusalDetector = new RefusalDetector(refusingEndpoints, options.ResendWhenRefused, timeProvider, log);
        _context = new ExchangeContext(
            new UsagePublisher(sinks, options.PublishTimeout, timeProvider, log),
            backgroundWork,
            new DrainLimits(options.DrainTimeout, options.MaxDrainBytes, options.DrainUnfinished, options.MaxConcurrentDrains),
            options.InjectedUsage == InjectedUsageMode.Hide,
            timeProvider,
            log);
    }

    /// <inheritdoc/>
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        SendAsync(request, isAsync: true, cancellationToken);

    /// <inheritdoc/>
    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken) =>
        SendAsync(request, isAsync: false, cancellationToken).GetAwaiter().GetResult();

    /// <summary>Waits until the sinks have the records of all responses that have ended or that callers have disposed before the call.</summary>
    /// <param name="cancellationToken">Ends the wait. The records are still published.</param>
    /// <returns>
    /// A task that completes when responses that are read in the background have been read, and their records are published. It takes at
    /// most <see cref="UsageCaptureOptions.DrainTimeout"/> and <see cref="UsageCaptureOptions.PublishTimeout"/> together.
    /// </returns>
    /// <remarks>
    /// Disposing the handler or the container and the exit of the process wait as well. With a container, the method of one handler waits for
    /// the records of all handlers of that container. The queue of a <see cref="BufferedUsageSink"/> is not waited for; disposing the sink
    /// waits for it.
    /// </remarks>
    /// <exception cref="OperationCanceledException">The token was canceled.</exception>
    public Task FlushAsync(CancellationToken cancellationToken = default) => _context.BackgroundWork.FlushAsync(cancellationToken);

    /// <summary>Waits for records of responses that callers have disposed, and disposes the inner handler.</summary>
    /// <param name="disposing">True when called by <c>Dispose</c>; false when called by a finalizer.</param>
    /// <remarks>
    /// Usually there is nothing to wait for. The wait is as long as that of <see cref="FlushAsync"/>. When the thread pool is too
    /// busy to end the work in time, it ends after about twice the larger one of <see cref="UsageCaptureOptions.DrainTimeout"/> and
    /// <see cref="UsageCaptureOptions.PublishTimeout"/>. A handler that a container created does not wait; disposing the container does.
    /// </remarks>
    protected override void Dispose(bool disposing)
    {
        if (disposing && _ownsBackground)
        {
            _context.BackgroundWork.Dispose();
        }

        base.Dispose(disposing);
    }

    // Only POST requests let a model generate. A GET request for a stored response would report the same usage again.
    private static bool IsCapturable(HttpRequestMessage request) => request.Method == HttpMethod.Post && request.RequestUri is { IsAbsoluteUri: true };

    /// <summary>Recognizes the address of a request, and creates a reader for the response when it is that of an API.</summary>
    private (RecognizedAddress Recognized, UsageReader? Reader) Recognize(Uri address)
    {
        try
        {
            RecognizedAddress recognized = _registry.Recognize(address);
            return (recognized, recognized.Api?.CreateReader());
        }
#pragma warning disable CA1031 // Providers may be the user's own code. When one fails, the call continues as one to an unknown address.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Log.RecognizingFailed(_context.Logger, exception, address.Host, SafeText.GetPath(address));
            return default;
        }
    }

    /// <summary>Sends a request, synchronously or asynchronously, so that both overrides share one implementation.</summary>
    /// <param name="request">The request.</param>
    /// <param name="isAsync">False to block instead of awaiting. The returned task is complete then.</param>
    /// <param name="cancellationToken">The caller's token.</param>
    private Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, bool isAsync, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (HasInnerCapture() || !IsCapturable(request) || UsageCaptureHttpRequestMessageExtensions.IsExcludedFromUsageCapture(request))
        {
            return SendInnerAsync(request, isAsync, cancellationToken);
        }

        return Recognize(request.RequestUri!) switch
        {
            ({ Api: { } api }, { } reader) => SendRecordedAsync(request, api, reader, isAsync, cancellationToken),
            ({ IsIgnored: true }, _) => SendInnerAsync(request, isAsync, cancellationToken),
            _ => SendUnrecognizedAsync(request, isAsync, cancellationToken),
        };
    }

    /// <summary>Returns whether one of the inner handlers captures, so that this one must not.</summary>
    private bool HasInnerCapture()
    {
        HttpMessageHandler? inner = InnerHandler;
        while (inner is DelegatingHandler handler and not UsageCaptureHandler)
        {
            inner = handler.InnerHandler;
        }

        return inner is UsageCaptureHandler;
    }

    private Task<HttpResponseMessage> SendInnerAsync(HttpRequestMessage request, bool isAsync, CancellationToken cancellationToken) =>
        isAsync ? base.SendAsync(request, cancellationToken) : Task.FromResult(base.Send(request, cancellationToken));

    /// <summary>Sends a request to a recognized API. When the server refuses the added option, sends the caller's own request once more.</summary>
    private async Task<HttpResponseMessage> SendRecordedAsync(
        HttpRequestMessage request, RecognizedApi api, UsageReader reader, bool isAsync, CancellationToken cancellationToken)
    {
        Uri address = request.RequestUri!; // Kept here, because a redirect and Enrich can change RequestUri.
        OutgoingBody outgoing = await OutgoingBody.ReadAsync(request, isAsync, cancellationToken).ConfigureAwait(false);
        if (outgoing.Streamed is { HasFailed: true })
        {
            // Sending throws the failure of the caller's content, so the server gets no complete request, and there is nothing to record.
            return await SendUnchangedAsync(request, outgoing, SendInnerAsync, isAsync, cancellationToken).ConfigureAwait(false);
        }

        var rules = new RequestRules(api.RequestOption, api.AcceptsRequestOption, api.StreamsByDefault, _requestMode) { InputMembers = api.InputMembers };
        var requestBody = RequestBody.Read(outgoing.Bytes.Span, rules);
        if (!IsCallOf(api, requestBody, outgoing))
        {
            return await SendUnchangedAsync(request, outgoing, SendUnrecognizedAsync, isAsync, cancellationToken).ConfigureAwait(false);
        }

        ExchangeRecorder recorder = Begin(request, address, api, reader, outgoing, requestBody);
        HttpResponseMessage? response = null;
        try
        {
            response = await SendInnerAsync(request, isAsync, cancellationToken).ConfigureAwait(false);
            if (recorder.HandlerAskedForUsage
                && await _refusalDetector.IsRefusalAsync(response, api.RequestOption!, isAsync, cancellationToken).ConfigureAwait(false)
                && outgoing.TrySetUnchanged(request))
            {
                response.Dispose();
                response = null;
                recorder.RecordRefusedUsageOption();
                response = await SendInnerAsync(request, isAsync, cancellationToken).ConfigureAwait(false);
                _refusalDetector.Remember(address, api.Endpoint.ApiVersion, recorder.RequestModel, response);
            }

            recorder.ReceiveResponse(response);
            response.Content = new TeeContent(response.Content, recorder, recorder.HidesInjectedUsage);
            return response;
        }
        catch (Exception exception)
        {
            recorder.Fail(exception, cancellationToken);
            throw;
        }
        finally
        {
            outgoing.Release(request, response);
            if (response is not { IsSuccessStatusCode: true })
            {
                // A retry handler may send the same request object again. That is another attempt at the same call.
                recorder.GetOrCreateCall().Mark(request);
            }
        }
    }

    /// <summary>
    /// Returns whether a request looks like a call of the API that its address suggests. The host of an unknown service may have an API of
    /// its own at the same path.
    /// </summary>
    /// <remarks>
    /// A request without evidence against it counts as a call: when the address alone identifies the API, which then has no
    /// <see cref="RecognizedApi.InputMembers"/>, and when the body cannot be read, for example because it is compressed.
    /// </remarks>
    private static bool IsCallOf(RecognizedApi api, in RequestBody requestBody, in OutgoingBody outgoing)
    {
        bool namesModel = (requestBody.Model ?? api.Endpoint.Model ?? api.Endpoint.Deployment) is not null;
        bool looksLikeCall = api.InputMembers.Length == 0 || (namesModel && requestBody.HasInput);
        return looksLikeCall || outgoing.IsUnreadable; // The last check is the slow one: it parses headers.
    }

    /// <summary>Sends a request whose body was read, but must not be changed.</summary>
    /// <param name="request">The request.</param>
    /// <param name="outgoing">Its body. When the content failed while it was read, sending throws the failure as it does without the handler.</param>
    /// <param name="sendAsync">Sends the request, with the arguments of this method.</param>
    /// <param name="isAsync">False to block instead of awaiting.</param>
    /// <param name="cancellationToken">The caller's token.</param>
    private static async Task<HttpResponseMessage> SendUnchangedAsync(
        HttpRequestMessage request,
        OutgoingBody outgoing,
        Func<HttpRequestMessage, bool, CancellationToken, Task<HttpResponseMessage>> sendAsync,
        bool isAsync,
        CancellationToken cancellationToken)
    {
        outgoing.ReplaceIfNeeded(request, splice: null); // A splice is a change of the body's bytes.
        HttpResponseMessage? response = null;
        try
        {
            response = await sendAsync(request, isAsync, cancellationToken).ConfigureAwait(false);
            return response;
        }
        finally
        {
            outgoing.Release(request, response);
        }
    }

    /// <summary>Sends a request to an address that no provider recognizes. The API may still be recognized by the response.</summary>
    private async Task<HttpResponseMessage> SendUnrecognizedAsync(HttpRequestMessage request, bool isAsync, CancellationToken cancellationToken)
    {
        Uri address = request.RequestUri!; // Kept here, because a redirect changes RequestUri.
        var start = ExchangeStart.Create(address, _context.TimeProvider);
        HttpResponseMessage response = await SendInnerAsync(request, isAsync, cancellationToken).ConfigureAwait(false);
        if (ProviderDetector.MayBeFromModel(response))
        {
            start = start with { Attribution = Attribution.ReadAndBeginAttempt(request, address, _enrich, _context.Logger) };
            var recorder = new ExchangeRecorder(start, response, new ResponseApiDetection(response, _registry, address), _context);

            // The request was not changed, so there is no event to hide.
            response.Content = new TeeContent(response.Content, recorder, hidesInjectedUsage: false);
        }

        return response;
    }

    /// <summary>Begins the exchange of a request. Adds the option that asks for usage to its body, when that is wanted and possible.</summary>
    private ExchangeRecorder Begin(
        HttpRequestMessage request, Uri address, RecognizedApi api, UsageReader reader, in OutgoingBody outgoing, RequestBody requestBody)
    {
        requestBody = requestBody with { Model = SafeText.Clean(requestBody.Model) }; // It is kept and logged for an endpoint that refuses.

        // The splice adds the option to the body; null when nothing is changed. A signed body must not be changed, and one that is not in
        // memory as a whole cannot be.
        if (requestBody.Splice is not null && (!outgoing.IsWhole || BodySignature.IsPresent(request)))
        {
            requestBody = requestBody with { Splice = null, UsageRequest = UsageRequestState.NotAsked };
        }

        if (requestBody.Splice is not null && _refusalDetector.IsKnownToRefuse(address, api.Endpoint.ApiVersion, requestBody.Model))
        {
            requestBody = requestBody with { Splice = null, UsageRequest = UsageRequestState.RefusedByServer };
        }

        outgoing.ReplaceIfNeeded(request, requestBody.Splice);
        var attribution = Attribution.ReadAndBeginAttempt(request, address, _enrich, _context.Logger);
        var start = ExchangeStart.Create(
            address,
            _context.TimeProvider,
            api,
            requestBody.Model,
            requestBody.Streaming,
            requestBody.UsageRequest,
            attribution,
            requestBody.ServiceTier);
        return new ExchangeRecorder(start, reader, _context);
    }
}
