namespace UsageCapture;

/// <summary>A boolean member of a request's JSON body. When it is true, the server reports usage in its stream.</summary>
/// <remarks>
/// The handler sets it to true in requests that ask for a stream, according to <see cref="UsageCaptureOptions.UsageRequest"/>. Immutable.
/// </remarks>
public sealed record UsageRequestOption
{
    /// <summary>Gets the path of the member: names with dots between them, the outermost first, as in <c>stream_options.include_usage</c>.</summary>
    /// <exception cref="ArgumentException">A name is empty, or the first is <c>model</c> or <c>stream</c>, which the handler reads for itself.</exception>
    public required string Path
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            string[] names = value.Split('.');
            if (names.Contains("") || names[0] is "model" or "stream")
            {
                throw new ArgumentException(
                    $"'{value}' cannot be the path of a request option. Write member names with dots between them, such as 'stream_options.include_usage', and do not begin with 'model' or 'stream'.",
                    nameof(value));
            }

            field = value;
        }
    }

    /// <summary>Gets the names of members that the server does not accept together with the option, as <c>data_sources</c> for Azure OpenAI.</summary>
    /// <value>Empty by default. A request whose body has one of them, at the top level, is not changed.</value>
    public IReadOnlyList<string> ExcludedBy { get; init; } = [];
}
