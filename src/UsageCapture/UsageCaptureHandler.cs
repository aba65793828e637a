using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

using UsageCapture.Capture;
using UsageCapture.Delivery;
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
        _includeUsage = options.IncludeUsage;
        _logger = logger ?? NullLogger<UsageCaptureHandler>.Instance;
        _timeProvider = timeProvider ?? TimeProvider.System;
        _publisher = new UsagePublisher([.. sinks], options.PublishTimeout, _timeProvider, _logger);
    }

    /// <inheritdoc/>
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        return Match(request) is { } endpoint
            ? SendCapturedAsync(request, endpoint, cancellationToken)
            : base.SendAsync(request, cancellationToken);
    }

    /// <inheritdoc/>
    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (Match(request) is not { } endpoint)
        {
            return base.Send(request, cancellationToken);
        }

        HttpContent? original = request.Content;
        using MemoryStream body = BodyStream(original);
        original?.CopyTo(body, context: null, cancellationToken);
        ExchangeCapture capture = Begin(request, endpoint, body);
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

    private static ChatCompletionsEndpoint? Match(HttpRequestMessage request) =>
        request.Content?.Headers.ContentLength > MaxRequestLength ? null : ChatCompletionsEndpoint.Match(request);

    private static MemoryStream BodyStream(HttpContent? content) => new((int)(content?.Headers.ContentLength ?? 0));

    private async Task<HttpResponseMessage> SendCapturedAsync(
        HttpRequestMessage request, ChatCompletionsEndpoint endpoint, CancellationToken cancellationToken)
    {
        HttpContent? original = request.Content;
        using MemoryStream body = BodyStream(original);
        if (original is not null)
        {
            await original.CopyToAsync(body, cancellationToken).ConfigureAwait(false);
        }

        ExchangeCapture capture = Begin(request, endpoint, body);
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

    /// <summary>Starts the exchange, with a content in the caller's place that asks for usage where that is to be done.</summary>
    private ExchangeCapture Begin(HttpRequestMessage request, ChatCompletionsEndpoint endpoint, MemoryStream body)
    {
        ReadOnlyMemory<byte> bytes = body.GetBuffer().AsMemory(0, (int)body.Length);
        ChatCompletionsRequest asked = ChatCompletionsRequest.Read(bytes.Span, _includeUsage, endpoint.TakesStreamOptions);
        if (request.Content is { } original)
        {
            // The caller's content may be one that can be read only once, and it has been.
            request.Content = new BufferedRequestContent(original, bytes, asked.Splice);
        }

        Exchange exchange = Exchange.Start(request.RequestUri!, endpoint, asked, _timeProvider);
        return new ExchangeCapture(exchange, _publisher, _timeProvider, _logger);
    }
}
