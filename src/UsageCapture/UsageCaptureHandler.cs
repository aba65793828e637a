using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

using UsageCapture.Capture;
using UsageCapture.Delivery;
using UsageCapture.Diagnostics;
using UsageCapture.Providers;

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

    private readonly CaptureContext _context;
    private readonly KnownProviders _providers;
    private readonly IncludeUsage _includeUsage;

    private readonly Action<HttpRequestMessage, IDictionary<string, string>>? _enrich;
    private readonly bool _resendsWhenRefused;
    private readonly RefusingEndpoints _refusing;

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
        : this(sinks, options, logger, timeProvider, new UnattendedEndings(), new RefusingEndpoints()) => _isOnItsOwn = true;

    /// <summary>Makes a handler that shares with others what outlives it.</summary>
    internal UsageCaptureHandler(
        IEnumerable<IUsageSink> sinks,
        UsageCaptureOptions? options,
        ILogger<UsageCaptureHandler>? logger,
        TimeProvider? timeProvider,
        UnattendedEndings unattended,
        RefusingEndpoints refusing)
    {
        ArgumentNullException.ThrowIfNull(sinks);
        options ??= new UsageCaptureOptions();
        options.Validate();
        _providers = new KnownProviders(options);
        _includeUsage = options.IncludeUsage;
        _enrich = options.Enrich;
        _resendsWhenRefused = options.ResendWhenRefused;
        _refusing = refusing;
        timeProvider ??= TimeProvider.System;
        ILogger log = logger ?? NullLogger<UsageCaptureHandler>.Instance;
        _context = new CaptureContext(
            new UsagePublisher([.. sinks], options.PublishTimeout, timeProvider, log),
            unattended,
            new DrainLimits(options.DrainTimeout, options.DrainLimit, options.DrainUnfinished),
            options.InjectedUsage == InjectedUsage.Hide,
            timeProvider,
            log);
    }

    /// <inheritdoc/>
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        return Recognize(request) is { } call
            ? SendCapturedAsync(request, call, cancellationToken)
            : IsPost(request) ? SendUnknownAsync(request, cancellationToken) : base.SendAsync(request, cancellationToken);
    }

    /// <inheritdoc/>
    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (Recognize(request) is not { } call)
        {
            if (!IsPost(request))
            {
                return base.Send(request, cancellationToken);
            }

            Uri address = request.RequestUri!;
            Exchange unknown = StartUnknown(address);
            return AttachUnknown(unknown, request, base.Send(request, cancellationToken), address);
        }

        HttpContent? original = request.Content;
        using MemoryStream body = BodyStream(original);
        original?.CopyTo(body, context: null, cancellationToken);
        ExchangeCapture capture = Begin(request, call, body);
        try
        {
            HttpResponseMessage response = base.Send(request, cancellationToken);
            if (MayBeRefused(capture, response) && Refusal.IsNamed(response, cancellationToken))
            {
                response.Dispose();
                Unask(request, original!, body, capture);
                response = base.Send(request, cancellationToken);
                Learn(request, call, capture, response);
            }

            MarkForRetry(request, capture, response);
            return capture.Attach(response);
        }
        catch (Exception exception)
        {
            MarkForRetry(request, capture);
            capture.Fail(exception, cancellationToken);
            throw;
        }
        finally
        {
            request.Content = original;
        }
    }

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

    private static MemoryStream BodyStream(HttpContent? content) => new((int)(content?.Headers.ContentLength ?? 0));

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
            return _providers.Find(address) is { } provider ? Call.Of(provider, address) : null;
        }
#pragma warning disable CA1031 // Providers are the user's own code as well, and whatever it throws, the call goes on.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Log.RecognizingFailed(_context.Logger, exception, address.Host, address.AbsolutePath);
            return null;
        }
    }

    private async Task<HttpResponseMessage> SendCapturedAsync(HttpRequestMessage request, Call call, CancellationToken cancellationToken)
    {
        HttpContent? original = request.Content;
        using MemoryStream body = BodyStream(original);
        if (original is not null)
        {
            await original.CopyToAsync(body, cancellationToken).ConfigureAwait(false);
        }

        ExchangeCapture capture = Begin(request, call, body);
        try
        {
            HttpResponseMessage response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
            if (MayBeRefused(capture, response))
            {
                response = await ResendIfRefusedAsync(request, call, original!, body, capture, response, cancellationToken).ConfigureAwait(false);
            }

            MarkForRetry(request, capture, response);
            return capture.Attach(response);
        }
        catch (Exception exception)
        {
            MarkForRetry(request, capture);
            capture.Fail(exception, cancellationToken);
            throw;
        }
        finally
        {
            request.Content = original;
        }
    }

    /// <summary>Sends a request that nothing is known of; its response may still show whose it is.</summary>
    private async Task<HttpResponseMessage> SendUnknownAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Uri address = request.RequestUri!; // A redirect changes it.
        Exchange unknown = StartUnknown(address);
        return AttachUnknown(unknown, request, await base.SendAsync(request, cancellationToken).ConfigureAwait(false), address);
    }

    private Exchange StartUnknown(Uri address) =>
        Exchange.Start(address, Call.Unknown, request: default, attribution: null, _context.TimeProvider);

    private HttpResponseMessage AttachUnknown(Exchange exchange, HttpRequestMessage request, HttpResponseMessage response, Uri address)
    {
        if (!Recognition.IsWorthwhile(response))
        {
            return response;
        }

        exchange = exchange with { Attribution = Attribution.Of(request, _enrich, _context.Logger) };
        return new ExchangeCapture(exchange, Call.Unknown.Reader, _context)
            .Attach(response, new Recognition(response, _providers, address));
    }

    /// <summary>Marks a request that did not succeed and so may be sent again, for its attempts to know each other.</summary>
    private static void MarkForRetry(HttpRequestMessage request, ExchangeCapture capture, HttpResponseMessage? response = null)
    {
        if (response is not { IsSuccessStatusCode: true })
        {
            capture.Operation.Mark(request);
        }
    }

    private async Task<HttpResponseMessage> ResendIfRefusedAsync(
        HttpRequestMessage request,
        Call call,
        HttpContent original,
        MemoryStream body,
        ExchangeCapture capture,
        HttpResponseMessage response,
        CancellationToken cancellationToken)
    {
        if (!await Refusal.IsNamedAsync(response, cancellationToken).ConfigureAwait(false))
        {
            return response;
        }

        response.Dispose();
        Unask(request, original, body, capture);
        response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        Learn(request, call, capture, response);
        return response;
    }

    private bool MayBeRefused(ExchangeCapture capture, HttpResponseMessage response) =>
        _resendsWhenRefused && capture.HasAsked && Refusal.IsPossible(response);

    /// <summary>Makes the request the caller's again.</summary>
    private static void Unask(HttpRequestMessage request, HttpContent original, MemoryStream body, ExchangeCapture capture)
    {
        request.Content = new BufferedRequestContent(original, body.GetBuffer().AsMemory(0, (int)body.Length), splice: null);
        capture.NoteRefusal();
    }

    /// <summary>Remembers an endpoint that takes the request now that it does not ask for usage. Where it still fails, something else was wrong.</summary>
    private void Learn(HttpRequestMessage request, Call call, ExchangeCapture capture, HttpResponseMessage response)
    {
        if (response.IsSuccessStatusCode && request.RequestUri is { } address)
        {
            var endpoint = RefusingEndpoint.Of(address, call, capture.RequestModel);
            if (_refusing.Add(endpoint, _context.TimeProvider.GetUtcNow(), out DateTimeOffset until))
            {
                Log.UsageRefused(_context.Logger, endpoint.Host, endpoint.Path, endpoint.Model, until);
            }
        }
    }

    /// <summary>Starts the exchange, with a content in the caller's place that asks for usage where that is to be done.</summary>
    private ExchangeCapture Begin(HttpRequestMessage request, Call call, MemoryStream body)
    {
        ReadOnlyMemory<byte> bytes = body.GetBuffer().AsMemory(0, (int)body.Length);
        RequestBody asked = RequestBody.Read(bytes.Span, call, _includeUsage);
        if (asked.Splice is not null && !_refusing.IsEmpty
            && _refusing.Contains(RefusingEndpoint.Of(request.RequestUri!, call, asked.Model), _context.TimeProvider.GetUtcNow()))
        {
            asked = asked with { Splice = null, UsageRequested = UsageRequested.RefusedByServer };
        }

        if (request.Content is { } original && (asked.Splice is not null || !CanBeSentAgain(original)))
        {
            request.Content = new BufferedRequestContent(original, bytes, asked.Splice);
        }

        var attribution = Attribution.Of(request, _enrich, _context.Logger);
        return new ExchangeCapture(
            Exchange.Start(request.RequestUri!, call, asked, attribution, _context.TimeProvider), call.Reader, _context);
    }
}
