namespace UsageCapture.Testing;

/// <summary>What can be chosen about recording.</summary>
public sealed class RecordingHandlerOptions
{
    /// <summary>Gets or sets whether requests are sent or answered with recordings.</summary>
    /// <value>The default is <see cref="RecordingMode.ReplayOrRecord"/>. Where the environment variable CI is true, it is replay whatever this says.</value>
    public RecordingMode Mode { get; set; } = RecordingMode.ReplayOrRecord;

    /// <summary>Gets the headers of responses that are kept; every other is left out, and so are all headers of requests.</summary>
    /// <value>At first those that tell how to read the body and when to try again.</value>
    public ICollection<string> Headers { get; } = new HashSet<string>(StringComparer.OrdinalIgnoreCase)
    {
        "content-type", "content-encoding", "retry-after", "retry-after-ms", "x-should-retry", "openai-version", "anthropic-version",
    };

    /// <summary>Gets the parameters of the query that are kept; the value of every other is overwritten.</summary>
    public ICollection<string> QueryParameters { get; } = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "api-version", "alt", "beta" };

    /// <summary>Gets the hosts that are kept; every other becomes one of no account.</summary>
    /// <value>At first the public addresses of the usual services, which are everybody's.</value>
    public ICollection<string> Hosts { get; } = new HashSet<string>(StringComparer.OrdinalIgnoreCase)
    {
        "api.openai.com", "api.anthropic.com", "generativelanguage.googleapis.com", "api.groq.com", "api.deepseek.com", "api.mistral.ai",
        "api.x.ai", "openrouter.ai", "api.together.xyz", "api.fireworks.ai", "api.perplexity.ai", "api.moonshot.ai", "api.cohere.com",
        "localhost", "127.0.0.1",
    };

    /// <summary>Gets the members of JSON bodies whose text is overwritten, wherever they stand.</summary>
    /// <value>At first those that name people and organizations.</value>
    public ICollection<string> Members { get; } = new HashSet<string>(StringComparer.Ordinal)
    {
        "user", "user_id", "safety_identifier", "metadata", "organization", "organization_id", "account_id", "project_id",
    };

    /// <summary>Gets texts that are overwritten wherever they stand, such as the name of a customer.</summary>
    /// <value>At first none. Keys in the headers of the request, and whatever looks like a key, are overwritten without being named here.</value>
    public ICollection<string> Secrets { get; } = [];

    /// <summary>Gets or sets what is done with a scrubbed recording before it is written.</summary>
    /// <value>The default is null: nothing more.</value>
    public Func<Recording, Recording>? Scrub { get; set; }

    /// <summary>Gets or sets the clock by which the delays between chunks are measured.</summary>
    /// <value>The default is the system's.</value>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>Gets or sets how environment variables are read: <c>CI</c>, at each request. Tests of ours have another environment.</summary>
    internal Func<string, string?> Environment { get; set; } = System.Environment.GetEnvironmentVariable;
}
