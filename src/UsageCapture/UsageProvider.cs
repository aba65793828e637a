namespace UsageCapture;

/// <summary>Describes one API: how its calls are recognized, how a call asks for usage, and which reader reads a response.</summary>
/// <remarks>
/// <para>
/// One instance may serve the same API at many companies: <see cref="Protocol"/> names the API, and <see cref="Describe"/> names the company.
/// Derive from it to capture an API that has no built-in provider, and add an instance to <see cref="UsageCaptureOptions.Providers"/>:
/// </para>
/// <code>
/// public sealed class AcmeProvider : UsageProvider
/// {
///     public override string Protocol =&gt; "acme-generate";
///
///     public override bool Matches(Uri address) =&gt; address.AbsolutePath.EndsWith("/generate", StringComparison.Ordinal);
///
///     public override UsageEndpoint Describe(Uri address) =&gt; new()
///     {
///         Provider = "acme",
///         Operation = "generate_content", // A value of the OpenTelemetry attribute gen_ai.operation.name.
///     };
///
///     public override UsageReader CreateReader() =&gt; new AcmeReader(); // The example in UsageReader.
/// }
/// </code>
/// <para>
/// The handler calls <see cref="Matches"/> and <see cref="Describe"/> before it sends a POST request to an address that is new to it, and
/// <see cref="CreateReader"/> for each call of the API. The results may be cached, so an address must always give the same results.
/// </para>
/// <para>
/// One instance serves all calls, so it must be thread-safe. When a member throws, or returns null where that is not allowed, the failure
/// is logged, and the call continues without a record.
/// </para>
/// </remarks>
public abstract class UsageProvider
{
    /// <summary>Gets the name of the wire format, such as <c>openai-chat</c>. It becomes the <see cref="UsageRecord.Protocol"/>.</summary>
    /// <value>Never null. <see cref="UsageCaptureOptions.Paths"/> refers to the provider by this name, case-insensitively.</value>
    public abstract string Protocol { get; }

    /// <summary>Gets whether the response is a stream when the request's body has no member <c>stream</c>.</summary>
    /// <value>The default is false.</value>
    public virtual bool StreamsByDefault => false;

    /// <summary>Returns whether a POST request to an address is a call of this API.</summary>
    /// <param name="address">
    /// The absolute address of any POST request of the client. Compare the end of its <see cref="Uri.AbsolutePath"/>, because gateways add
    /// segments at the beginning.
    /// </param>
    /// <returns>True for a call of this API. The first provider in the list that returns true is used.</returns>
    /// <remarks>It delays the first request to each address, so it must be fast.</remarks>
    public abstract bool Matches(Uri address);

    /// <summary>Returns what the address of a call says about it: the name of the provider, the operation, the model.</summary>
    /// <param name="address">
    /// An address for which <see cref="Matches"/> returns true, an address that <see cref="UsageCaptureOptions.Paths"/> maps to this API,
    /// or any address whose response <see cref="MatchesResponse"/> has recognized.
    /// </param>
    /// <returns>The description; never null.</returns>
    public abstract UsageEndpoint Describe(Uri address);

    /// <summary>Creates the reader for one response.</summary>
    /// <returns>A new reader for each call of this method; never null.</returns>
    public abstract UsageReader CreateReader();

    /// <summary>Gets the boolean member of the request's body that the handler sets to true to ask the server for usage.</summary>
    /// <value>The default is null: streams of this API report usage without being asked, so requests are not changed.</value>
    public virtual UsageRequestOption? RequestOption => null;

    /// <summary>Returns whether an endpoint accepts the <see cref="RequestOption"/>. Called only when there is such an option.</summary>
    /// <param name="endpoint">The result of <see cref="Describe"/> for the address.</param>
    /// <returns>The default is true. False for an endpoint that is known to reject the option: its requests are not changed.</returns>
    public virtual bool AcceptsRequestOption(UsageEndpoint endpoint) => true;

    /// <summary>Gets the fields that <see cref="MatchesResponse"/> looks at.</summary>
    /// <value>The default is null: this API is recognized only by the address of the request, and <see cref="MatchesResponse"/> is not called.</value>
    public virtual UsageFields? ResponseFields => null;

    /// <summary>
    /// Returns whether a response belongs to this API. Called only when no provider recognizes the address of the request, and for documents
    /// that have one of the <see cref="ResponseFields"/>.
    /// </summary>
    /// <param name="document">
    /// One document of the response: the body, or the data of one event, with the <see cref="ResponseFields"/>. Detection
    /// ends after 64 KiB of the body. A document that is incomplete then has only the values up to that point.
    /// </param>
    /// <returns>
    /// The default is false. Return true only when the document certainly belongs to this API: check several members together, because
    /// other APIs may have one of them too.
    /// </returns>
    public virtual bool MatchesResponse(UsageDocument document) => false;

    /// <summary>Gets the members that may hold the input of a request, such as <c>messages</c>. Empty when the address alone identifies the API.</summary>
    /// <remarks>
    /// They matter at a host that is not a known provider's, which may have another API at the same path. There, a request without any of
    /// these members, or without a model, is not a call of this API unless its response shows that it is one.
    /// </remarks>
    internal virtual string[] InputMembers => [];
}
