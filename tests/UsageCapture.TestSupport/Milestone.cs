namespace UsageCapture.TestSupport;

/// <summary>The places in a response that its usage depends on. In a protocol several of them may be one.</summary>
internal enum Milestone
{
    /// <summary>Before the first byte.</summary>
    Start,

    /// <summary>An answer has begun to come.</summary>
    First,

    /// <summary>Nothing more is to be generated: the reason why is there.</summary>
    Finish,

    /// <summary>The last word on usage is there.</summary>
    Usage,

    /// <summary>The protocol says that it is done. Where it has no way to say so, only the body's end does.</summary>
    End,
}
