namespace UsageCapture.Testing;

/// <summary>Options of <see cref="RecordingHandler"/>: when to record, and what must not be written to the files.</summary>
/// <remarks>Not thread-safe. Change the options before the first request.</remarks>
public sealed class RecordingHandlerOptions
{
    /// <summary>Gets or sets whether requests are sent or replayed.</summary>
    /// <value>
    /// The default is <see cref="RecordingMode.ReplayOrRecord"/>: a request is replayed if it has a recording; otherwise it is sent and
    /// recorded. If the environment variable <c>CI</c> is <c>true</c>, the value is ignored and the mode is <see cref="RecordingMode.Replay"/>, so
    /// that a build server never sends requests and needs no keys.
    /// </value>
    public RecordingMode Mode { get; set; } = RecordingMode.ReplayOrRecord;

    /// <summary>Gets the names of the response headers that are written to the recording. All other response headers, and all request headers, are omitted.</summary>
    /// <value>The default contains the headers that a client needs to read the body and to retry, and the API version. Names are compared case-insensitively.</value>
    public ICollection<string> AllowedHeaders { get; } = new HashSet<string>(StringComparer.OrdinalIgnoreCase)
    {
        "content-type", "content-encoding", "retry-after", "retry-after-ms", "x-should-retry", "openai-version", "anthropic-version",
    };

    /// <summary>Gets the names of the query parameters whose values are written to the recording. All other values are replaced with <c>X</c>.</summary>
    /// <value>The default contains the parameters that select the form of the response and cannot be secret. Names are compared case-insensitively.</value>
    public ICollection<string> AllowedQueryParameters { get; } = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "api-version", "alt", "beta" };

    /// <summary>Gets the host names that are written to the recording. All others are replaced with <c>recorded.example</c>.</summary>
    /// <remarks>
    /// Hosts outside this list are treated specially in two cases. Regional hosts that all customers share are written, such as
    /// <c>bedrock-runtime.us-east-1.amazonaws.com</c>. In hosts of Azure that start with the name of an account, only this name is replaced:
    /// <c>my-company.openai.azure.com</c> becomes <c>account.openai.azure.com</c>.
    /// </remarks>
    /// <value>The default contains the public addresses of the common services, and the local machine. Names are compared case-insensitively.</value>
    public ICollection<string> AllowedHosts { get; } = new HashSet<string>(StringComparer.OrdinalIgnoreCase)
    {
        "api.openai.com", "api.anthropic.com", "generativelanguage.googleapis.com", "api.groq.com", "api.deepseek.com", "api.mistral.ai",
        "api.x.ai", "openrouter.ai", "api.together.xyz", "api.fireworks.ai", "api.perplexity.ai", "api.moonshot.ai", "api.cohere.com",
        "localhost", "127.0.0.1",
    };

    /// <summary>Gets the names of the JSON members whose text is overwritten, at every depth of request and response bodies.</summary>
    /// <remarks>A string is overwritten, and in an object all members that are strings. Numbers, arrays, and objects that contain objects are kept.</remarks>
    /// <value>
    /// The default contains the members that identify people and organizations, and <c>metadata</c>, in which applications put such ids. Names are
    /// compared case-sensitively.
    /// </value>
    public ICollection<string> ScrubbedMembers { get; } = new HashSet<string>(StringComparer.Ordinal)
    {
        "user", "user_id", "safety_identifier", "metadata", "organization", "organization_id", "account_id", "project_id",
    };

    /// <summary>Gets more texts to overwrite in addresses, headers and bodies, such as the name of a customer.</summary>
    /// <value>
    /// The default is empty. Credentials in the headers of the request, and texts that look like credentials, are always overwritten. ASCII letters
    /// are compared case-insensitively. Escaped forms, such as <c>\u00fc</c> in JSON, are not found.
    /// </value>
    public ICollection<string> Secrets { get; } = [];

    /// <summary>Gets or sets a callback that changes a scrubbed recording before it is written.</summary>
    /// <value>The default is null: no further change. An exception of the callback is thrown to the reader of the response.</value>
    public Func<Recording, Recording>? Scrub { get; set; }

    /// <summary>Gets or sets the clock that measures the delays between chunks.</summary>
    /// <value>The default is <see cref="TimeProvider.System"/>.</value>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>Gets or sets the function that reads environment variables.</summary>
    /// <remarks>The tests of this package replace it, because they must record although they run with CI=true.</remarks>
    internal Func<string, string?> ReadEnvironmentVariable { get; set; } = Environment.GetEnvironmentVariable;
}
