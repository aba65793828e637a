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

    /// <summary>Gets whether a POST to that address is a call of this API. It is asked for other POSTs of the client as well, so it has to be quick.</summary>
    /// <param name="address">An absolute address. Compare the end of <see cref="Uri.AbsolutePath"/>: gateways put anything before it.</param>
    public abstract bool Matches(Uri address);

    /// <summary>Tells what the address of a call says.</summary>
    /// <param name="address">An address that matches, or one that <see cref="UsageCaptureOptions.Paths"/> maps to this API.</param>
    public abstract UsageEndpoint Describe(Uri address);

    /// <summary>Gets the member of a request's body that asks for usage in a stream.</summary>
    /// <value>Null by default: streams report usage without being asked.</value>
    public virtual UsageRequestOption? RequestOption => null;

    /// <summary>Gets whether an endpoint may be asked for usage with the <see cref="RequestOption"/>.</summary>
    /// <param name="endpoint">What <see cref="Describe"/> returned for the address.</param>
    /// <returns>True by default. False for an endpoint that is known to refuse the option: its requests are not changed.</returns>
    public virtual bool AcceptsRequestOption(UsageEndpoint endpoint) => true;

    /// <summary>Gets the fields by which <see cref="MatchesResponse"/> recognises a response.</summary>
    /// <value>Null by default: responses of the API are not recognised without their request's path.</value>
    public virtual UsageFields? ResponseFields => null;

    /// <summary>Gets whether a response is certainly one of this API. It is asked when no provider knows the path of the request.</summary>
    /// <param name="document">
    /// A document of the response in the <see cref="ResponseFields"/>. A document that is longer than 64 KiB has what came until then.
    /// </param>
    /// <value>The default is false. One member that other APIs have too is not enough.</value>
    public virtual bool MatchesResponse(UsageDocument document) => false;

    /// <summary>Makes a reader for one response.</summary>
    public abstract UsageReader CreateReader();
}
