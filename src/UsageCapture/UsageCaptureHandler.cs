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
/// The handler adds an option (the usage option) to streamed chat requests, so that the server reports usage. It reads the counts from the
/// response while the caller reads it, and writes a <see cref="UsageRecord"/> to every sink before the caller sees the end of the response.
/// </para>
/// <para>
/// The caller receives the bytes that the server sent, except the event that <see cref="UsageCaptureOptions.InjectedUsage"/> may hide. No
/// failure of the handler or of a sink reaches the caller. The body of each request to a recognized API is read into memory. A body of
/// more than 256 MiB is sent unchanged as a stream, and its record may have no <see cref="UsageRecord.RequestModel"/>.
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
    private readonly UsageRequestMode _usageRequestMode;
    private readonly Action<HttpRequestMessage, IDictionary<string, string>>? _enrich;
    private readonly bool _resendsWhenRefused;
    private readonly RefusingEndpoints _refusingEndpoints;

    // True without a container: disposing this handler waits for the work in the background. A container waits itself.
    private readonly bool _ownsBackgroundWork;

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
            new RefusingEndpoints()) => _ownsBackgroundWork = true;

    /// <summary>Creates a handler for a container.</summary>
    /// <param name="sinks">Creates the sinks when the first call is recorded.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <param name="logger">Receives the failures of the handler and of sinks; null for the standard error stream.</param>
    /// <param name="timeProvider">The clock; null for the system clock.</param>
    /// <param name="backgroundWork">Tracks the work of all handlers that continues after callers have left. The container disposes it.</param>
    /// <param name="refusingEndpoints">The endpoints that refuse the usage option. Handlers share them, because factories often replace handlers.</param>
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
        _usageRequestMode = options.UsageRequest;
        _enrich = options.Enrich;
        _resendsWhenRefused = options.ResendWhenRefused;
        _refusingEndpoints = refusingEndpoints;
        timeProvider ??= TimeProvider.System;
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
    /// most the sum of <see cref="UsageCaptureOptions.DrainTimeout"/> and <see cref="UsageCaptureOptions.PublishTimeout"/>.
    /// </returns>
    /// <remarks>
    /// Disposing the handler or the container and the exit of the process wait as well. With a container, the task waits for the records of
    /// all its handlers, not only of this one. It does not wait for the queue of a <see cref="BufferedUsageSink"/>: call
    /// <see cref="BufferedUsageSink.FlushAsync"/> after it.
    /// </remarks>
    /// <exception cref="OperationCanceledException">The token was canceled.</exception>
    public Task FlushAsync(CancellationToken cancellationToken = default) => _context.BackgroundWork.FlushAsync(cancellationToken);

    /// <summary>Waits for records of responses that callers have disposed, and disposes the inner handler.</summary>
    /// <param name="disposing">True when called by <c>Dispose</c>; false when called by a finalizer.</param>
    /// <remarks>
    /// Usually there is nothing to wait for. The wait takes as long as that of <see cref="FlushAsync"/>. If work does not end within its
    /// timeouts, for example because all threads are blocked, the wait is given up. That is after twice the longer timeout and two seconds,
    /// more than the sum of both timeouts. A handler that a container created does not wait; disposing the container does.
    /// </remarks>
    protected override void Dispose(bool disposing)
    {
        if (disposing && _ownsBackgroundWork)
        {
            _context.BackgroundWork.Dispose();
        }

        base.Dispose(disposing);
    }

    // Only POST requests let a model generate. A GET request for a stored response would report the same usage again. A relative address,
    // which only an HttpMessageInvoker can send, cannot be recognized.
    private static bool MayLetModelGenerate(HttpRequestMessage request) => request.Method == HttpMethod.Post && request.RequestUri is { IsAbsoluteUri: true };

    /// <summary>Recognizes the address of a request, and creates a reader for the response when it is that of an API.</summary>
    private (RecognizedAddress Recognized, UsageReader? Reader) Recognize(Uri address)
    {
        try
        {
            RecognizedAddress recognized = _registry.Recognize(address);
            return (recognized, recognized.Api?.CreateReader());
        }
#pragma warning disable CA1031 // Providers may be the user's own code. When one fails, the address counts as one that no provider recognizes.
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
        if (HasInnerCapture() || !MayLetModelGenerate(request) || UsageCaptureHttpRequestMessageExtensions.IsExcludedFromUsageCapture(request))
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

    /// <summary>Sends a request to a recognized API. When the server refuses the added usage option, sends the caller's own request once more.</summary>
    private async Task<HttpResponseMessage> SendRecordedAsync(
        HttpRequestMessage request, RecognizedApi api, UsageReader reader, bool isAsync, CancellationToken cancellationToken)
    {
        Uri address = request.RequestUri!; // Kept here, because a redirect and Enrich can change RequestUri.
        OutgoingBody outgoing = await OutgoingBody.ReadAsync(request, isAsync, cancellationToken).ConfigureAwait(false);
        if (outgoing.SingleUse is { HasFailed: true }) // The caller's content threw. The API gets no complete request, so there is no record.
        {
            return await SendUnchangedAsync(request, outgoing, SendInnerAsync, isAsync, cancellationToken).ConfigureAwait(false);
        }

        var rules = new RequestRules(api.UsageOption, api.AcceptsUsageOption, api.StreamsByDefault, _usageRequestMode) { InputMembers = api.InputMembers };
        var requestBody = RequestBody.Read(outgoing.Bytes.Span, rules);
        if (!IsCallOf(api, requestBody, outgoing))
        {
            return await SendUnchangedAsync(request, outgoing, SendUnrecognizedAsync, isAsync, cancellationToken).ConfigureAwait(false);
        }

        ExchangeRecorder recorder = BeginRecording(request, address, api, reader, outgoing, requestBody);
        HttpResponseMessage? response = null;
        try
        {
            response = await SendInnerAsync(request, isAsync, cancellationToken).ConfigureAwait(false);
            if (_resendsWhenRefused && recorder.HandlerAskedForUsage && UsageOptionRefusal.CouldBeRefusal(response)
                && await IsRefusalAsync(response, api, isAsync, cancellationToken).ConfigureAwait(false)
                && outgoing.TrySetUnchanged(request))
            {
                response.Dispose();
                response = null; // If the second request throws, the finally block must see no response, not the refused one.
                recorder.RecordRefusedUsageOption();
                response = await SendInnerAsync(request, isAsync, cancellationToken).ConfigureAwait(false);
                RememberRefusal(address, api, recorder.RequestModel, response);
            }

            recorder.ReceiveResponse(response);
            response.Content = new TeeContent(response.Content, recorder, recorder.HidesInjectedUsage);
            return response;
        }
        catch (Exception exception)
        {
            recorder.Fail(exception, cancellationToken, requestWasSent: request.Content is SubstituteContent { HasBegunSending: true });
            throw;
        }
        finally
        {
            outgoing.RestoreContent(request, response);
            if (response is not { IsSuccessStatusCode: true })
            {
                // A retry handler may send the same request object again. That is another attempt at the same call.
                recorder.GetOrCreateCall().MarkAsAttempt(request);
            }
        }
    }

    /// <summary>
    /// Returns whether a request looks like a call of the API that its address suggests. The host of an unknown service may have an API of
    /// its own at the same path. A request that cannot be checked counts as a call.
    /// </summary>
    private static bool IsCallOf(RecognizedApi api, in RequestBody requestBody, in OutgoingBody outgoing)
    {
        if (api.InputMembers.Length == 0)
        {
            return true; // The address alone identifies the API.
        }

        bool hasModel = (requestBody.Model ?? api.Endpoint.Model ?? api.Endpoint.Deployment) is not null;
        return (hasModel && requestBody.HasInput) || outgoing.IsUnreadable; // Checked last, because it parses headers.
    }

    /// <summary>Sends a request whose body was read, but must not be changed.</summary>
    /// <remarks>When its content failed while it was read, sending throws the failure as it does without the handler.</remarks>
    private static async Task<HttpResponseMessage> SendUnchangedAsync(
        HttpRequestMessage request,
        OutgoingBody outgoing,
        Func<HttpRequestMessage, bool, CancellationToken, Task<HttpResponseMessage>> sendAsync,
        bool isAsync,
        CancellationToken cancellationToken)
    {
        outgoing.SetContentToSend(request, splice: null); // No splice (change of the body), so the usage option is not added.
        HttpResponseMessage? response = null;
        try
        {
            response = await sendAsync(request, isAsync, cancellationToken).ConfigureAwait(false);
            return response;
        }
        finally
        {
            outgoing.RestoreContent(request, response);
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
            start = start with { Attribution = Attribution.ReadAndBeginAttempt(request, address, body: null, _enrich, _context.Logger) };
            var recorder = new ExchangeRecorder(start, response, new ResponseApiDetection(response, _registry, address), _context);

            // The request was not changed, so there is no event to hide.
            response.Content = new TeeContent(response.Content, recorder, hidesInjectedUsage: false);
        }

        return response;
    }

    /// <summary>Returns whether an error names the usage option that the handler added. The caller can still read the whole error.</summary>
    private async Task<bool> IsRefusalAsync(
        HttpResponseMessage response, RecognizedApi api, bool isAsync, CancellationToken cancellationToken)
    {
        ICollection<string> contentEncoding = RawHeaders.GetContentEncoding(response.Content.Headers);
        ReadOnlyMemory<byte> body = await PeekedResponse
            .ReadStartAsync(response, UsageOptionRefusal.MaxErrorLength, _context.TimeProvider, isAsync, cancellationToken)
            .ConfigureAwait(false);
        return UsageOptionRefusal.MentionsOption(body.Span, contentEncoding, api.UsageOption!);
    }

    /// <summary>Remembers an endpoint that refused the usage option, if it accepts the request without it. Otherwise the option was not the reason.</summary>
    private void RememberRefusal(Uri address, RecognizedApi api, string? model, HttpResponseMessage response)
    {
        var endpoint = EndpointKey.Create(address, api.Endpoint.ApiVersion, model);
        if (response.IsSuccessStatusCode && _refusingEndpoints.TryAdd(endpoint, _context.TimeProvider.GetUtcNow(), out DateTimeOffset until))
        {
            Log.UsageRefused(_context.Logger, endpoint.Host, SafeText.CleanPath(endpoint.Path), endpoint.Model, until);
        }
    }

    /// <summary>Begins to record a request and its response. Adds the usage option to the body of the request, when that is wanted and possible.</summary>
    private ExchangeRecorder BeginRecording(
        HttpRequestMessage request, Uri address, RecognizedApi api, UsageReader reader, in OutgoingBody outgoing, RequestBody requestBody)
    {
        requestBody = requestBody with { Model = SafeText.Clean(requestBody.Model) }; // It is logged if the endpoint refuses the usage option.

        // The splice is the change of the body that adds the usage option; null when nothing is changed. A signed body must not be changed,
        // and one that is not in memory as a whole cannot be.
        if (requestBody.Splice is not null && (!outgoing.IsWhole || BodySignature.IsPresent(request)))
        {
            requestBody = requestBody with { Splice = null, UsageRequest = UsageRequestState.NotAsked };
        }

        bool isKnownToRefuse = requestBody.Splice is not null && !_refusingEndpoints.IsUnused && _refusingEndpoints.Contains(
            EndpointKey.Create(address, api.Endpoint.ApiVersion, requestBody.Model), _context.TimeProvider.GetUtcNow());
        if (isKnownToRefuse)
        {
            requestBody = requestBody with { Splice = null, UsageRequest = UsageRequestState.RefusedByServer };
        }

        outgoing.SetContentToSend(request, requestBody.Splice);
        ReadOnlyMemory<byte>? wholeBody = outgoing.IsWhole ? outgoing.Bytes : null;
        var attribution = Attribution.ReadAndBeginAttempt(request, address, wholeBody, _enrich, _context.Logger);
        var start = ExchangeStart.Create(
            address,
            _context.TimeProvider,
            api,
            requestBody.Model,
            requestBody.IsStreaming,
            requestBody.UsageRequest,
            attribution,
            requestBody.ServiceTier,
            requestBody.IsUnreadable);
        return new ExchangeRecorder(start, reader, _context);
    }
}
