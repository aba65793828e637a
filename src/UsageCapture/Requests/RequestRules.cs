namespace UsageCapture.Requests;

/// <summary>What decides how <see cref="RequestBody"/> reads a request, and whether the request is changed.</summary>
/// <param name="Option">The member that asks for usage in the API's requests; null when streams report usage without being asked.</param>
/// <param name="ApiAcceptsOption">Whether the API accepts the option, according to its provider. If not, the handler does not add it.</param>
/// <param name="StreamsByDefault">Whether a body without <c>stream</c> asks for a stream.</param>
/// <param name="Mode">In which cases the application lets the handler add the option, <see cref="UsageCaptureOptions.UsageRequest"/>.</param>
internal readonly record struct RequestRules(UsageRequestOption? Option, bool ApiAcceptsOption, bool StreamsByDefault, UsageRequestMode Mode)
{
    /// <summary>Gets the members that the API reads its input from; null when no member is looked for.</summary>
    public string[]? InputMembers { get; init; }
}
