using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

using UsageCapture.Delivery;
using UsageCapture.Exchanges;
using UsageCapture.Recognition;
using UsageCapture.Requests;
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
    // Bodies of requests are read into memory to be looked at and sent from there. No chat request is this large; what is, passes by.
    private const long MaxRequestLength = 256 * 1024 * 1024;

    private readonly ExchangeContext _context;
    private readonly ProviderRegistry _providers;
    private readonly UsageRequestMode _includeUsage;

    private readonly Action<HttpRequestMessage, IDictionary<string, string>>? _enrich;
    private readonly bool _resendsWhenRefused;
    private readonly RejectingEndpoints _refusing;

    // Endings are waited for by whoever keeps them: this handler, or the container.
    private readonly bool _isOnItsOwn;

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
        : this(sinks, options, logger, timeProvider, new BackgroundCompletions(), new RejectingEndpoints()) => _isOnItsOwn = true;

    /// <summary>Makes a handler that shares with others what outlives it.</summary>
    internal UsageCaptureHandler(
        IEnumerable<IUsageSink> sinks,
        UsageCaptureOptions? options,
        ILogger<UsageCaptureHandler>? logger,
        TimeProvider? timeProvider,
        BackgroundCompletions unattended,
        RejectingEndpoints refusing)
    {
        ArgumentNullException.ThrowIfNull(sinks);
        options ??= new UsageCaptureOptions();
        options.Validate();
        _providers = new ProviderRegistry(options);
        _includeUsage = options.UsageRequest;
        _enrich = options.Enrich;
        _resendsWhenRefused = options.ResendWhenRefused;
        _refusing = refusing;
        timeProvider ??= TimeProvider.System;
        ILogger log = logger ?? NullLogger<UsageCaptureHandler>.Instance;
        _context = new ExchangeContext(
            new UsagePublisher([.. sinks], options.PublishTimeout, timeProvider, log),
            unattended,
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
        if (disposing && _isOnItsOwn)
        {
            _context.Unattended.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>Gets whether a content that has been read can be read once more. Of others than these nobody knows, and it may be only once.</summary>
    private static bool CanBeSentAgain(HttpContent content) =>
        content.GetType() == typeof(StringContent) || content.GetType() == typeof(ByteArrayContent) || content.GetType() == typeof(ReadOnlyMemoryContent);

    // Only a POST makes a model work; a GET of a stored response repeats what it used.
    private static bool IsPost(HttpRequestMessage request) => request.Method == HttpMethod.Post && request.RequestUri is { IsAbsoluteUri: true };

    /// <summary>Finds the API that a request calls by its path.</summary>
    private Call? Recognize(HttpRequestMessage request)
    {
        if (!IsPost(request) || request.Content?.Headers.ContentLength > MaxRequestLength)
        {
            return null;
        }

        Uri address = request.RequestUri!;
        try
        {
            return _providers.At(address) is { } known ? Call.To(known) : null;
        }
#pragma warning disable CA1031 // Providers are the user's own code as well, and whatever it throws, the call goes on.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Log.RecognizingFailed(_context.Logger, exception, address.Host, address.AbsolutePath);
            return null;
        }
    }

    /// <summary>Sends a request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="isAsync">Whether anything may be awaited; otherwise the task is done when it is returned.</param>
    /// <param name="cancellationToken">The caller's token.</param>
    private Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, bool isAsync, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        return Recognize(request) is { } call ? SendCapturedAsync(request, call, isAsync, cancellationToken)
            : IsPost(request) ? SendUnknownAsync(request, isAsync, cancellationToken)
            : SendOnAsync(request, isAsync, cancellationToken);
    }

    private Task<HttpResponseMessage> SendOnAsync(HttpRequestMessage request, bool isAsync, CancellationToken cancellationToken) =>
        isAsync ? base.SendAsync(request, cancellationToken) : Task.FromResult(base.Send(request, cancellationToken));

    private async Task<HttpResponseMessage> SendCapturedAsync(
        HttpRequestMessage request, Call call, bool isAsync, CancellationToken cancellationToken)
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

        ExchangeRecorder capture = Begin(request, call, body);
        HttpResponseMessage? response = null;
        try
        {
            response = await SendOnAsync(request, isAsync, cancellationToken).ConfigureAwait(false);
            if (_resendsWhenRefused && capture.HasAsked && StreamOptionsRejection.IsPossible(response)
                && await StreamOptionsRejection.IsNamedAsync(response, isAsync, cancellationToken).ConfigureAwait(false))
            {
                response.Dispose();
                response = null;
                request.Content = new BufferedRequestContent(original!, body.GetBuffer().AsMemory(0, (int)body.Length), splice: null);
                capture.NoteRefusal();
                response = await SendOnAsync(request, isAsync, cancellationToken).ConfigureAwait(false);
                Learn(address, call, capture, response);
            }

            return capture.Attach(response);
        }
        catch (Exception exception)
        {
            capture.Fail(exception, cancellationToken);
            throw;
        }
        finally
        {
            request.Content = original;
            if (response is not { IsSuccessStatusCode: true })
            {
                capture.Operation.Mark(request); // It may be sent again, and its attempts are to know each other.
            }
        }
    }

    /// <summary>Sends a request that nothing is known of; its response may still show whose it is.</summary>
    private async Task<HttpResponseMessage> SendUnknownAsync(HttpRequestMessage request, bool isAsync, CancellationToken cancellationToken)
    {
        Uri address = request.RequestUri!; // A redirect changes it.
        var exchange = ExchangeStart.Start(address, Call.Unknown, request: default, attribution: null, _context.TimeProvider);
        HttpResponseMessage response = await SendOnAsync(request, isAsync, cancellationToken).ConfigureAwait(false);
        if (!ProtocolDetector.IsWorthwhile(response))
        {
            return response;
        }

        exchange = exchange with { Attribution = Attribution.Of(request, _enrich, _context.Logger) };
        return new ExchangeRecorder(exchange, Call.Unknown.Reader, _context)
            .Attach(response, new ProtocolDetector(response, _providers, address));
    }

    /// <summary>Remembers an endpoint that takes the request now that it does not ask for usage. Where it still fails, something else was wrong.</summary>
    private void Learn(Uri address, Call call, ExchangeRecorder capture, HttpResponseMessage response)
    {
        if (response.IsSuccessStatusCode)
        {
            var endpoint = RejectingEndpoint.Of(address, call, capture.RequestModel);
            if (_refusing.Add(endpoint, _context.TimeProvider.GetUtcNow(), out DateTimeOffset until))
            {
                Log.UsageRefused(_context.Logger, endpoint.Host, endpoint.Path, endpoint.Model, until);
            }
        }
    }

    /// <summary>Starts the exchange, with a content in the caller's place that asks for usage where that is to be done.</summary>
    private ExchangeRecorder Begin(HttpRequestMessage request, Call call, MemoryStream body)
    {
        ReadOnlyMemory<byte> bytes = body.GetBuffer().AsMemory(0, (int)body.Length);
        RequestBody asked = RequestBody.Read(bytes.Span, call, _includeUsage);
        if (asked.Splice is not null && !_refusing.IsEmpty
            && _refusing.Contains(RejectingEndpoint.Of(request.RequestUri!, call, asked.Model), _context.TimeProvider.GetUtcNow()))
        {
            asked = asked with { Splice = null, UsageRequest = UsageRequestState.RefusedByServer };
        }

        if (request.Content is { } original && (asked.Splice is not null || !CanBeSentAgain(original)))
        {
            request.Content = new BufferedRequestContent(original, bytes, asked.Splice);
        }

        var attribution = Attribution.Of(request, _enrich, _context.Logger);
        return new ExchangeRecorder(
            ExchangeStart.Start(request.RequestUri!, call, asked, attribution, _context.TimeProvider), call.Reader, _context);
    }
}
