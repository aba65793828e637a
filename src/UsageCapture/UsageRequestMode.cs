namespace UsageCapture;

/// <summary>When the handler adds <c>stream_options.include_usage</c> to a streamed chat request.</summary>
public enum UsageRequestMode
{
    /// <summary>When the caller said nothing about it. An explicit <see langword="false"/> is respected.</summary>
    WhenUnspecified,

    /// <summary>Always, also over an explicit <see langword="false"/>: for metered products that must know.</summary>
    Always,

    /// <summary>Never: requests go out as they came. Usage is still read wherever a server sends it.</summary>
    Never,
}
