namespace UsageCapture;

/// <summary>When the handler adds <c>stream_options.include_usage</c> to a streamed chat request, so that the server reports usage.</summary>
public enum UsageRequestMode
{
    /// <summary>When the caller did not set it. An explicit <see langword="false"/> is respected.</summary>
    WhenUnspecified,

    /// <summary>Always, including when the caller set <see langword="false"/>. For products that bill by usage.</summary>
    Always,

    /// <summary>Never. Requests are not changed. Usage is still read when the server reports it without being asked.</summary>
    Never,
}
