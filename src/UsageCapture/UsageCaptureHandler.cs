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

    private readonly UsagePublisher _publisher;
    private readonly KnownProviders _providers;
    private readonly IncludeUsage _includeUsage;
    private readonly ILogger _logger;
    private readonly TimeProvider _timeProvider;

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
    {
        ArgumentNullException.ThrowIfNull(sinks);
        options ??= new UsageCaptureOptions();
        options.Validate();
        _providers = new KnownProviders(options);
        _includeUsage = options.IncludeUsage;
        _logger = logger ?? NullLogger<UsageCaptureHandler>.Instance;
        _timeProvider = timeProvider ?? TimeProvider.System;
        _publisher = new UsagePublisher([.. sinks], options.PublishTimeout, _timeProvider, _logger);
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
            return AttachUnknown(unknown, base.Send(request, cancellationToken), address);
        }

        HttpContent? original = request.Content;
        using MemoryStream body = BodyStream(original);
        original?.CopyTo(body, context: null, cancellationToken);
        ExchangeCapture capture = Begin(request, call, body);
        try
        {
            return capture.Attach(base.Send(request, cancellationToken));
        }
        catch (Exception exception)
        {
            capture.Fail(exception, cancellationToken);
            throw;
        }
        finally
        {
            request.Content = original;
        }
    }

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
            Log.RecognizingFailed(_logger, exception, address.Host, address.AbsolutePath);
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
            return capture.Attach(await base.SendAsync(request, cancellationToken).ConfigureAwait(false));
        }
        catch (Exception exception)
        {
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
        return AttachUnknown(unknown, await base.SendAsync(request, cancellationToken).ConfigureAwait(false), address);
    }

    private Exchange StartUnknown(Uri address) =>
        Exchange.Start(address, call: default, request: default, _timeProvider);

    private HttpResponseMessage AttachUnknown(Exchange exchange, HttpResponseMessage response, Uri address) =>
        Recognition.IsWorthwhile(response)
            ? new ExchangeCapture(exchange, _publisher, _timeProvider, _logger)
                .Attach(response, new Recognition(response, _providers, address))
            : response;

    /// <summary>Starts the exchange, with a content in the caller's place that asks for usage where that is to be done.</summary>
    private ExchangeCapture Begin(HttpRequestMessage request, Call call, MemoryStream body)
    {
        ReadOnlyMemory<byte> bytes = body.GetBuffer().AsMemory(0, (int)body.Length);
        RequestBody asked = RequestBody.Read(bytes.Span, call, _includeUsage);
        if (request.Content is { } original)
        {
            // The caller's content may be one that can be read only once, and it has been.
            request.Content = new BufferedRequestContent(original, bytes, asked.Splice);
        }

        Exchange exchange = Exchange.Start(request.RequestUri!, call, asked, _timeProvider);
        return new ExchangeCapture(exchange, _publisher, _timeProvider, _logger);
    }
}
