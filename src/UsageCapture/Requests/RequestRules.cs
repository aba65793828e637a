namespace UsageCapture.Requests;

/// <summary>What decides how a request is read and whether it is changed.</summary>
/// <param name="Option">The member that asks for usage in the API's requests; null when streams report usage without being asked.</param>
/// <param name="AcceptsOption">Whether the endpoint may be asked.</param>
/// <param name="StreamsByDefault">Whether a body without <c>stream</c> asks for a stream.</param>
/// <param name="Mode">When the user wants requests to be changed.</param>
internal readonly record struct RequestRules(UsageRequestOption? Option, bool AcceptsOption, bool StreamsByDefault, UsageRequestMode Mode)
{
    /// <summary>Gets the members that the API reads its input from. None is looked for when it is null.</summary>
    public string[]? InputMembers { get; init; }
}
