using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

using UsageCapture.Delivery;
using UsageCapture.Exchanges;
using UsageCapture.Recognition;
using UsageCapture.Requests;
using UsageCapture.Responses;
using UsageCapture.Telemetry;

namespace UsageCapture;

/// <summary>Captures the token usage of the language-model calls that pass through it, and lets everything else through.</summary>
/// <remarks>
/// <para>
/// It asks for usage in streamed chat requests that do not, reads the counts out of the response while the caller reads it, and hands
/// a <see cref="UsageRecord"/> to every sink before the caller can see the end. The caller reads the same bytes as without it, and no
/// failure in here or in a sink reaches the caller.
/// </para>
/// <para>
/// Put it inside a retry handler to have a record for each attempt; outside it, for the last attempt only. It is thread-safe. Use
/// <c>AddUsageCapture</c> where there is a container; elsewhere:
/// <c>new HttpClient(new UsageCaptureHandler(sink) { InnerHandler = new SocketsHttpHandler() })</c>.
/// </para>
/// </remarks>
public sealed class UsageCaptureHandler : DelegatingHandler
{
    // The body of a request is read into memory and sent from there. No chat request is this large; a larger one is not recorded.
    private const long MaxRequestLength = 256 * 1024 * 1024;

    private readonly ExchangeContext _context;
    private readonly ProviderRegistry _registry;
    private readonly UsageRequestMode _requestMode;
    private readonly Action<HttpRequestMessage, IDictionary<string, string>>? _enrich;
    private readonly bool _resendsWhenRefused;
    private readonly RejectingEndpoints _rejecting;

    // Whether this handler, and not a container, waits for work in the background when it is disposed of.
    private readonly bool _ownsBackground;

    /// <summary>Makes a handler that writes to one sink.</summary>
    /// <param name="sink">Where records go. It is not disposed of with the handler.</param>
    /// <param name="options">What can be chosen; null for the defaults.</param>
    /// <param name="logger">Where failures in here and in sinks are reported; null for nowhere.</param>
    /// <param name="timeProvider">The clock; null for the system's.</param>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">An option is out of range; the message names it.</exception>
    public UsageCaptureHandler(
        IUsageSink sink, UsageCaptureOptions? options = null, ILogger<UsageCaptureHandler>? logger = null, TimeProvider? timeProvider = null)
        : this([sink ?? throw new ArgumentNullException(nameof(sink))], options, logger, timeProvider)
    {
    }

    /// <summary>Makes a handler that writes to several sinks, each on its own.</summary>
    /// <param name="sinks">Where records go. They are not disposed of with the handler.</param>
    /// <param name="options">What can be chosen; null for the defaults.</param>
    /// <param name="logger">Where failures in here and in sinks are reported; null for nowhere.</param>
    /// <param name="timeProvider">The clock; null for the system's.</param>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">An option is out of range; the message names it.</exception>
    public UsageCaptureHandler(
        IEnumerable<IUsageSink> sinks,
        UsageCaptureOptions? options = null,
        ILogger<UsageCaptureHandler>? logger = null,
        TimeProvider? timeProvider = null)
        : this(sinks, options, logger, timeProvider, new BackgroundCompletions(), new RejectingEndpoints()) => _ownsBackground = true;

    /// <summary>Makes a handler that shares with others what outlives it.</summary>
    internal UsageCaptureHandler(
        IEnumerable<IUsageSink> sinks,
        UsageCaptureOptions? options,
        ILogger<UsageCaptureHandler>? logger,
        TimeProvider? timeProvider,
        BackgroundCompletions background,
        RejectingEndpoints rejecting)
    {
        ArgumentNullException.ThrowIfNull(sinks);
        options ??= new UsageCaptureOptions();
        options.Validate();
        _registry = new ProviderRegistry(options);
        _requestMode = options.UsageRequest;
        _enrich = options.Enrich;
        _resendsWhenRefused = options.ResendWhenRefused;
        _rejecting = rejecting;
        timeProvider ??= TimeProvider.System;
        ILogger log = logger ?? NullLogger<UsageCaptureHandler>.Instance;
        _context = new ExchangeContext(
            new UsagePublisher([.. sinks], options.PublishTimeout, timeProvider, log),
            background,
            new DrainLimits(options.DrainTimeout, options.DrainLimit, options.DrainUnfinished),
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

    /// <summary>Waits for what is under way in the background after callers have left: two seconds or so at most, see <see cref="UsageCaptureOptions.DrainTimeout"/>.</summary>
    /// <param name="disposing">Whether it is called by <c>Dispose</c>.</param>
    /// <remarks>A handler that a container made leaves the waiting to the container.</remarks>
    protected override void Dispose(bool disposing)
    {
        if (disposing && _ownsBackground)
        {
            _context.Background.Dispose();
        }

        base.Dispose(disposing);
    }

    // Reading a content of one of these types does not consume it. Others may be readable only once.
    private static bool CanBeReadAgain(HttpContent content) =>
        content.GetType() == typeof(StringContent) || content.GetType() == typeof(ByteArrayContent) || content.GetType() == typeof(ReadOnlyMemoryContent);

    // Only POST requests make a model work. A GET of a stored response repeats its usage.
    private static bool IsPost(HttpRequestMessage request) => request.Method == HttpMethod.Post && request.RequestUri is { IsAbsoluteUri: true };

    /// <summary>Finds the API that a request calls, by its address, and a reader for the response.</summary>
    private (RecognizedApi Api, UsageReader Reader)? Recognize(HttpRequestMessage request)
    {
        if (!IsPost(request) || request.Content?.Headers.ContentLength > MaxRequestLength)
        {
            return null;
        }

        Uri address = request.RequestUri!;
        try
        {
            return _registry.Recognize(address) is { } api ? (api, api.CreateReader()) : null;
        }
#pragma warning disable CA1031 // Providers may be the user's own code. The call goes on when one fails.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Log.RecognizingFailed(_context.Logger, exception, address.Host, address.AbsolutePath);
            return null;
        }
    }

    /// <summary>Sends a request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="isAsync">Whether to await. Otherwise the returned task is complete.</param>
    /// <param name="cancellationToken">The caller's token.</param>
    private Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, bool isAsync, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        return Recognize(request) is { } recognized ? SendRecordedAsync(request, recognized.Api, recognized.Reader, isAsync, cancellationToken)
            : IsPost(request) ? SendUnrecognizedAsync(request, isAsync, cancellationToken)
            : SendInnerAsync(request, isAsync, cancellationToken);
    }

    private Task<HttpResponseMessage> SendInnerAsync(HttpRequestMessage request, bool isAsync, CancellationToken cancellationToken) =>
        isAsync ? base.SendAsync(request, cancellationToken) : Task.FromResult(base.Send(request, cancellationToken));

    private async Task<HttpResponseMessage> SendRecordedAsync(
        HttpRequestMessage request, RecognizedApi api, UsageReader reader, bool isAsync, CancellationToken cancellationToken)
    {
        Uri address = request.RequestUri!; // A redirect changes it.
        HttpContent? original = request.Content;
        using var body = new MemoryStream((int)(original?.Headers.ContentLength ?? 0));
        if (isAsync && original is not null)
        {
            await original.CopyToAsync(body, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            original?.CopyTo(body, context: null, cancellationToken);
        }

        ReadOnlyMemory<byte> bytes = body.GetBuffer().AsMemory(0, (int)body.Length);
        ExchangeRecorder recorder = Begin(request, api, reader, bytes);
        HttpResponseMessage? response = null;
        try
        {
            response = await SendInnerAsync(request, isAsync, cancellationToken).ConfigureAwait(false);
            if (_resendsWhenRefused && recorder.HasAsked && StreamOptionsRejection.IsCandidate(response)
                && await IsRejectionAsync(response, api, isAsync, cancellationToken).ConfigureAwait(false))
            {
                response.Dispose();
                response = null;
                request.Content = new BufferedRequestContent(original!, bytes, splice: null);
                recorder.NoteRefusal();
                response = await SendInnerAsync(request, isAsync, cancellationToken).ConfigureAwait(false);
                RememberRejection(address, api, recorder.RequestModel, response);
            }

            recorder.ReceiveResponse(response);
            response.Content = new TeeContent(response.Content, recorder, recorder.HidesInjectedEvents);
            return response;
        }
        catch (Exception exception)
        {
            recorder.Fail(exception, cancellationToken);
            throw;
        }
        finally
        {
            request.Content = original;
            if (response is not { IsSuccessStatusCode: true })
            {
                recorder.Call.Mark(request); // The same request may be sent again, as another attempt at the call.
            }
        }
    }

    /// <summary>Sends a request to an address that no provider knows. The response may tell the API.</summary>
    private async Task<HttpResponseMessage> SendUnrecognizedAsync(HttpRequestMessage request, bool isAsync, CancellationToken cancellationToken)
    {
        Uri address = request.RequestUri!; // A redirect changes it.
        var start = ExchangeStart.Create(address, _context.TimeProvider);
        HttpResponseMessage response = await SendInnerAsync(request, isAsync, cancellationToken).ConfigureAwait(false);
        if (ProtocolDetector.IsCandidate(response))
        {
            start = start with { Attribution = Attribution.Read(request, _enrich, _context.Logger) };
            var recorder = new ExchangeRecorder(start, response, new UnrecognizedResponse(response, _registry, address), _context);
            response.Content = new TeeContent(response.Content, recorder, hides: false);
        }

        return response;
    }

    private static async Task<bool> IsRejectionAsync(
        HttpResponseMessage response, RecognizedApi api, bool isAsync, CancellationToken cancellationToken)
    {
        ICollection<string> contentEncoding = response.Content.Headers.ContentEncoding;
        ReadOnlyMemory<byte> body = await PeekedResponse.ReadStartAsync(response, StreamOptionsRejection.MaxLength, isAsync, cancellationToken)
            .ConfigureAwait(false);
        return StreamOptionsRejection.MentionsOption(body.Span, contentEncoding, api.Provider.RequestOption!);
    }

    /// <summary>Remembers an endpoint that accepts the request without the option. When the request still fails, the option was not the reason.</summary>
    private void RememberRejection(Uri address, RecognizedApi api, string? model, HttpResponseMessage response)
    {
        var endpoint = RejectingEndpoint.Create(address, api.Endpoint.ApiVersion, model);
        if (response.IsSuccessStatusCode && _rejecting.Add(endpoint, _context.TimeProvider.GetUtcNow(), out DateTimeOffset until))
        {
            Log.UsageRefused(_context.Logger, endpoint.Host, endpoint.Path, endpoint.Model, until);
        }
    }

    /// <summary>Begins the exchange. When usage is to be asked for, the request gets a content that asks.</summary>
    private ExchangeRecorder Begin(HttpRequestMessage request, RecognizedApi api, UsageReader reader, ReadOnlyMemory<byte> bytes)
    {
        UsageProvider provider = api.Provider;
        var rules = new RequestRules(
            provider.RequestOption, api.AcceptsRequestOption, api.Endpoint.Streaming || provider.StreamsByDefault, _requestMode);
        var body = RequestBody.Read(bytes.Span, rules);
        if (body.Splice is not null && SignedRequest.HasSignature(request))
        {
            body = body with { Splice = null, UsageRequest = UsageRequestState.NotAsked };
        }

        if (body.Splice is not null && !_rejecting.IsEmpty
            && _rejecting.Contains(RejectingEndpoint.Create(request.RequestUri!, api.Endpoint.ApiVersion, body.Model), _context.TimeProvider.GetUtcNow()))
        {
            body = body with { Splice = null, UsageRequest = UsageRequestState.RefusedByServer };
        }

        if (request.Content is { } original && (body.Splice is not null || !CanBeReadAgain(original)))
        {
            request.Content = new BufferedRequestContent(original, bytes, body.Splice);
        }

        var attribution = Attribution.Read(request, _enrich, _context.Logger);
        var start = ExchangeStart.Create(
            request.RequestUri!, _context.TimeProvider, api, body.Model, body.Streaming, body.UsageRequest, attribution);
        return new ExchangeRecorder(start, reader, _context);
    }
}
