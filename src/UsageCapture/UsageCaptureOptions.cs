using Microsoft.Extensions.Options;

using UsageCapture.Registration;

namespace UsageCapture;

/// <summary>The options of a <see cref="UsageCaptureHandler"/>. The defaults suit most applications.</summary>
/// <remarks>A handler reads its options once, when it is created. Later changes have no effect on it.</remarks>
public sealed class UsageCaptureOptions
{
    /// <summary>Gets or sets when streamed chat requests are changed so that the server reports usage.</summary>
    /// <value>The default is <see cref="UsageRequestMode.WhenUnspecified"/>.</value>
    /// <remarks>
    /// A server that is asked for usage sends one more event, with an empty list of choices. If the caller's code reads <c>choices[0]</c>
    /// without a check, set <see cref="InjectedUsage"/> to <see cref="InjectedUsageMode.Hide"/>. Requests to APIs that are known to reject
    /// the option are never changed.
    /// </remarks>
    public UsageRequestMode UsageRequest { get; set; } = UsageRequestMode.WhenUnspecified;

    /// <summary>Gets or sets whether the caller receives the event that a server sends only because the handler asked for usage.</summary>
    /// <value>The default is <see cref="InjectedUsageMode.Forward"/>: the caller receives all bytes that the server sent.</value>
    /// <remarks>
    /// <see cref="InjectedUsageMode.Hide"/> removes events that have usage and no choices, after all choices have finished. Earlier events
    /// are not delayed. The response has no <c>Content-Length</c> then. Events are hidden only when the handler asked for usage, also when
    /// it replaced the caller's <see langword="false"/> (<see cref="UsageRequestMode.Always"/>). Events of a compressed body are not hidden.
    /// </remarks>
    public InjectedUsageMode InjectedUsage { get; set; } = InjectedUsageMode.Forward;

    /// <summary>Gets or sets whether the caller's own request is sent when a server rejects the request that the handler changed.</summary>
    /// <value>The default is true.</value>
    /// <remarks>
    /// <para>
    /// A rejection is a response with an error status whose body names <c>stream_options</c> or <c>include_usage</c>. A status that has
    /// another known cause is never a rejection: 401, 402, 403 and 407 (access or payment), 413 (size), 429 (rate limit), and 408, 499, 504
    /// and 524 (time-out). Both requests together are one exchange with one record, whose <see cref="UsageRecord.UsageRequest"/> is
    /// <see cref="UsageRequestState.RefusedByServer"/>. When the second request succeeds, the endpoint is not asked for usage for one hour,
    /// because the server may be updated later.
    /// </para>
    /// <para>
    /// To find these names, the first 16 KiB of such a response are read before the caller receives it. No other response is read ahead.
    /// </para>
    /// </remarks>
    public bool ResendWhenRefused { get; set; } = true;

    /// <summary>Gets the providers of your own APIs. They are tried before the built-in ones. The example in <see cref="UsageProvider"/> shows one.</summary>
    /// <value>Empty by default.</value>
    public IList<UsageProvider> Providers { get; } = [];

    /// <summary>Gets the paths of a gateway, each with the <see cref="UsageProvider.Protocol"/> of the API that the gateway offers there.</summary>
    /// <value>Empty by default. Example: <c>["/llm/complete"] = "openai-chat"</c>.</value>
    /// <remarks>
    /// A path begins with a slash or a colon and has at least one segment. It matches requests whose path ends with it, case-insensitively.
    /// These paths are tried before all providers. An unknown protocol makes the options invalid.
    /// </remarks>
    public IDictionary<string, string> Paths { get; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Gets the paths whose requests leave no record and are never changed, such as those of an application's own API.</summary>
    /// <value>Empty by default. Example: <c>"/support/api/chat"</c>.</value>
    /// <remarks>
    /// A path begins with a slash or a colon. It matches requests whose path ends with it, case-insensitively. It takes precedence over
    /// <see cref="Paths"/> and all providers. To exclude a single request, call
    /// <see cref="UsageCaptureHttpRequestMessageExtensions.ExcludeFromUsageCapture"/>.
    /// </remarks>
    public IList<string> ExcludedPaths { get; } = [];

    /// <summary>Gets or sets how long the end of a response waits for each sink that is not in a <see cref="BufferedUsageSink"/>.</summary>
    /// <value>The default is 2 seconds, from 1 millisecond to 10 minutes.</value>
    /// <remarks>After this time the caller continues, and the record is written to the log as JSON, so that it is not lost.</remarks>
    public TimeSpan PublishTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Gets or sets how long a response is drained: after the caller has disposed it, its rest is read for the usage.</summary>
    /// <value>The default is 2 seconds, from zero to 10 minutes. Zero turns draining off.</value>
    /// <remarks>
    /// <para>
    /// Draining runs in the background, and only when all choices have finished and only the usage is missing. The connection stays open for
    /// that time, and the record is published at its end. The caller's disposal does not wait for it; disposing the handler or the container
    /// does.
    /// </para>
    /// <para>
    /// The error of a rejected response is read in the same way, but for at most one second and up to 16 KiB. A smaller value of this option or
    /// of <see cref="MaxDrainBytes"/> is used for it, too. So the record has an error that a retry handler has not read.
    /// </para>
    /// </remarks>
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Gets or sets the maximum number of bytes that are drained from one response. See <see cref="DrainTimeout"/>.</summary>
    /// <value>The default is 64 KiB, which is much more than the events after the last choice. From 1 byte to 1 GiB.</value>
    public int MaxDrainBytes { get; set; } = 64 * 1024;

    /// <summary>Gets or sets the maximum number of responses that are drained at the same time. See <see cref="DrainTimeout"/>.</summary>
    /// <value>The default is 100, from 1 to 10,000.</value>
    /// <remarks>
    /// Each one keeps its connection open. All clients of a container are counted together. A response beyond the limit is closed at once:
    /// its record has the anomaly <see cref="UsageAnomalies.NotDrained"/>, and a warning is logged, at most once per minute.
    /// </remarks>
    public int MaxConcurrentDrains { get; set; } = 100;

    /// <summary>Gets or sets whether a response is also drained when the model is still generating. See <see cref="DrainTimeout"/>.</summary>
    /// <value>The default is false.</value>
    /// <remarks>
    /// When true, the server generates and bills tokens that the caller does not read. When false, many servers stop generating because the
    /// connection is closed. Use it when exact counts matter more than cost, with a <see cref="DrainTimeout"/> and a
    /// <see cref="MaxDrainBytes"/> that are large enough for a whole generation.
    /// </remarks>
    public bool DrainUnfinished { get; set; }

    /// <summary>Gets or sets a callback that changes the tags of a request's record; null for none.</summary>
    /// <value>The default is null.</value>
    /// <remarks>
    /// It is called for each request before it is sent, with the tags of the <see cref="UsageScope"/> and of the request. It may add, replace and remove tags.
    /// It delays the request, so it must be fast. It must be thread-safe. When it throws, the exception is logged and the tags stay as they
    /// were.
    /// </remarks>
    public Action<HttpRequestMessage, IDictionary<string, string>>? Enrich { get; set; }

    /// <summary>Checks the values.</summary>
    /// <exception cref="OptionsValidationException">A value is invalid. The message names the value and the allowed values.</exception>
    internal void Validate()
    {
        ValidateOptionsResult result = UsageCaptureOptionsValidator.Validate(this);
        if (result.Failed)
        {
            throw new OptionsValidationException(Options.DefaultName, typeof(UsageCaptureOptions), result.Failures);
        }
    }
}
