namespace UsageCapture;

/// <summary>One API: how its calls are recognised, how they are asked for usage, and what reads the answers.</summary>
/// <remarks>
/// Derive from it to capture an API that is not known here, and add it to <see cref="UsageCaptureOptions.Providers"/>. One instance
/// serves all calls, at the same time. What it says of an address is remembered: the same address has to get the same answers. What it
/// throws is logged, and the call goes on without a record.
/// </remarks>
public abstract class UsageProvider
{
    /// <summary>Gets the name of the wire format, for <see cref="UsageRecord.Protocol"/>: <c>openai-chat</c>, …</summary>
    public abstract string Protocol { get; }

    /// <summary>Gets whether calls whose body does not say <c>stream</c> are streamed.</summary>
    /// <value>The default is false.</value>
    public virtual bool StreamsByDefault => false;

    /// <summary>Gets whether streams report usage only when the request has <c>stream_options.include_usage</c>, as OpenAI's chat does.</summary>
    /// <value>The default is false. When true, streamed requests are changed as <see cref="UsageCaptureOptions.UsageRequest"/> says.</value>
    public virtual bool HasStreamOptions => false;

    /// <summary>Gets whether a POST to that address is a call of this API. It is asked for other POSTs of the client as well, so it has to be quick.</summary>
    /// <param name="address">An absolute address. Compare the end of <see cref="Uri.AbsolutePath"/>: gateways put anything before it.</param>
    public abstract bool Matches(Uri address);

    /// <summary>Tells what the address of a call says.</summary>
    /// <param name="address">An address that matches, or one that <see cref="UsageCaptureOptions.Paths"/> maps to this API.</param>
    public abstract UsageEndpoint Describe(Uri address);

    /// <summary>Gets whether that endpoint may be asked for usage; some that should know the option are known to refuse it.</summary>
    /// <param name="endpoint">What <see cref="Describe"/> told.</param>
    /// <value>By default every endpoint of an API that has <see cref="HasStreamOptions"/>.</value>
    public virtual bool TakesStreamOptions(UsageEndpoint endpoint) => HasStreamOptions;

    /// <summary>Makes a reader for one response.</summary>
    public abstract UsageReader CreateReader();
}
