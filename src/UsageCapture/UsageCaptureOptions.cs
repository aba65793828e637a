using Microsoft.Extensions.Options;

using UsageCapture.Recognition;
using UsageCapture.Registration;

namespace UsageCapture;

/// <summary>What can be chosen about capturing. The defaults suit nearly everybody.</summary>
/// <remarks>A handler reads its options once, when it is made.</remarks>
public sealed class UsageCaptureOptions
{
    /// <summary>Gets or sets when streamed chat requests are changed so that the server reports usage.</summary>
    /// <value>The default is <see cref="UsageRequestMode.WhenUnspecified"/>.</value>
    /// <remarks>
    /// A server that was asked sends one event more, with an empty list of choices; code that indexes <c>choices[0]</c> without
    /// looking should choose <see cref="InjectedUsageMode.Hide"/>. Requests that are known to be refused with the option are never changed.
    /// </remarks>
    public UsageRequestMode UsageRequest { get; set; } = UsageRequestMode.WhenUnspecified;

    /// <summary>Gets or sets whether the caller sees the event that a server sends only because the handler asked for it.</summary>
    /// <value>The default is <see cref="InjectedUsageMode.Forward"/>: the caller reads the bytes that the server sent.</value>
    /// <remarks>
    /// <see cref="InjectedUsageMode.Hide"/> takes out events without choices that report usage, once every choice has finished; events before
    /// that are handed over as they come, and a <c>Content-Length</c> is not announced. It does so only where the handler asked,
    /// also over an explicit <see langword="false"/>. A body that arrives compressed is forwarded as it is.
    /// </remarks>
    public InjectedUsageMode InjectedUsage { get; set; } = InjectedUsageMode.Forward;

    /// <summary>Gets or sets whether a request that a server refuses for what the handler added is sent once more as the caller made it.</summary>
    /// <value>The default is true.</value>
    /// <remarks>
    /// A refusal is a status 400 or 422 whose body names <c>stream_options</c> or <c>include_usage</c>. Both requests are one exchange with
    /// one record, whose <see cref="UsageRecord.UsageRequest"/> is <see cref="UsageRequestState.RefusedByServer"/>. When the second one
    /// succeeds, the endpoint is not asked again for an hour. To look for these words, the first 16 KiB of such a response are read
    /// before it is handed over; no other response is read before the caller reads it.
    /// </remarks>
    public bool ResendWhenRefused { get; set; } = true;

    /// <summary>Gets the APIs of your own, asked before those that are known here.</summary>
    /// <value>Empty by default.</value>
    public IList<UsageProvider> Providers { get; } = [];

    /// <summary>Gets paths of a gateway's own, and the API that each of them serves by its <see cref="UsageProvider.Protocol"/>.</summary>
    /// <value>
    /// Empty by default. A path begins with a slash or a colon and is compared with the end of a request's path, whatever the case: <c>["/llm/complete"] = "openai-chat"</c>.
    /// It goes before everything that is known here. A protocol that does not exist is refused, as other mistakes in options are.
    /// </value>
    public IDictionary<string, string> Paths { get; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Gets or sets how long the end of a response may wait for sinks that are registered inline.</summary>
    /// <value>The default is 2 seconds; from 1 millisecond to 10 minutes.</value>
    /// <remarks>When it has passed, the caller reads on, and the record is written to the log as JSON so that it is not lost.</remarks>
    public TimeSpan PublishTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Gets or sets for how long the rest of a response may be read after the caller has left it, for the usage that is still to come.</summary>
    /// <value>The default is 2 seconds; from zero, which is not at all, to 10 minutes.</value>
    /// <remarks>
    /// It happens in the background, when every choice has finished and only usage is outstanding: disposing does not wait for it. The
    /// connection is held until then, and the record is published then. Shutting down waits for it.
    /// </remarks>
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Gets or sets how many bytes of a response may be read after the caller has left it.</summary>
    /// <value>The default is 64 KiB; from 1 byte to 1 GiB.</value>
    public int DrainLimit { get; set; } = 64 * 1024;

    /// <summary>Gets or sets whether responses are also read on that are still being generated when the caller leaves.</summary>
    /// <value>The default is false.</value>
    /// <remarks>
    /// It keeps the server generating what nobody reads, and the tokens are billed; many servers stop when the connection is closed.
    /// Choose it where knowing is worth more, with a <see cref="DrainTimeout"/> and a <see cref="DrainLimit"/> that a generation fits in.
    /// </remarks>
    public bool DrainUnfinished { get; set; }

    /// <summary>Gets or sets what adds tags to the record of a request; null for nothing.</summary>
    /// <value>Null by default.</value>
    /// <remarks>
    /// It is called with the request as it is about to be sent, and the tags that it has from its scope and its options, to be added to,
    /// replaced or removed. It holds up the request, so it has to be quick. What it throws is logged, and its changes are left out.
    /// </remarks>
    public Action<HttpRequestMessage, IDictionary<string, string>>? Enrich { get; set; }

    /// <summary>Throws when a value makes no sense.</summary>
    /// <exception cref="OptionsValidationException">A value is out of range; the message names it and what to do.</exception>
    internal void Validate()
    {
        ValidateOptionsResult result = UsageCaptureOptionsValidator.Validate(this);
        if (result.Failed)
        {
            throw new OptionsValidationException(Options.DefaultName, typeof(UsageCaptureOptions), result.Failures);
        }
    }

    /// <summary>Says in a sentence each what is wrong with <see cref="Paths"/>.</summary>
    internal IEnumerable<string> MistakesInPaths() =>
        Paths.Select(mapped => ProviderRegistry.FindMistake(mapped.Key, mapped.Value, Providers)).OfType<string>();
}
