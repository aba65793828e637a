namespace UsageCapture;

/// <summary>What was unusual about a response.</summary>
/// <remarks>
/// A flag states a fact. It does not mean that the counts are wrong, because many gateways deviate from the protocol and still report
/// correct counts.
/// </remarks>
[Flags]
#pragma warning disable CA1028 // Int64 leaves room for more than 31 flags. Changing the type later would break compiled code.
public enum UsageAnomalies : long
#pragma warning restore CA1028
{
    /// <summary>Nothing was unusual.</summary>
    None = 0,

    // Where the usage was.

    /// <summary>A chunk with choices reported usage, although none of its choices had a finish reason.</summary>
    UsageWithoutFinishReason = 1L << 0,

    /// <summary>A chunk with choices reported usage after the chunk with the finish reason.</summary>
    UsageAfterFinish = 1L << 1,

    /// <summary>Usage was reported after the end marker of the stream, such as <c>[DONE]</c>.</summary>
    UsageAfterTerminator = 1L << 2,

    /// <summary>Usage was reported more than once. Later counts replace earlier ones, and are never added to them.</summary>
    UsageRepeated = 1L << 3,

    // What the counts say.

    /// <summary>
    /// All reported counts, or all input counts, were zero, which is impossible for a generation, or a known part of the input became zero.
    /// These zeros do not replace earlier counts.
    /// </summary>
    AllZeroUsage = 1L << 4,

    /// <summary>A count was negative, not a whole number, not a number at all, or above 2⁵³, which many JSON readers cannot hold exactly. It was left out.</summary>
    InvalidCount = 1L << 5,

    /// <summary>The sum of cached and cache-written tokens was larger than the input, which should include them.</summary>
    CachedExceedsInput = 1L << 6,

    /// <summary>The cache writes for each lifetime in the cache, 5 minutes and 1 hour, do not add up to all cache writes. All counts are kept as reported.</summary>
    CacheSplitIncomplete = 1L << 7,

    /// <summary>The reported total was not the sum of input and output. All counts are kept as reported.</summary>
    TotalIsNotSum = 1L << 8,

    /// <summary>The provider lists runs that its total does not include. See <see cref="UsageRecord.Iterations"/>.</summary>
    IterationsOutsideTotal = 1L << 9,

    // What the response says about itself.

    /// <summary>The response id changed within the response. The first id is kept.</summary>
    ResponseIdChanged = 1L << 10,

    /// <summary>The model name changed within the response. The first name is kept.</summary>
    ModelChanged = 1L << 11,

    // How the stream was built.

    /// <summary>The stream had chunks with nothing to read: no choices, no usage, no content-filter results and no error.</summary>
    EmptyChunks = 1L << 12,

    /// <summary>The stream ended without the end marker of its protocol.</summary>
    NoTerminator = 1L << 13,

    // What could not be read.

    /// <summary>The data of an event was not the JSON object that the protocol requires. The event was skipped.</summary>
    UndecodableEvent = 1L << 14,

    /// <summary>An event had more than 1,024 values that the reader needs, or more than 64 KiB of text in them. The rest was left out.</summary>
    OversizedEvent = 1L << 15,

    /// <summary>The body was empty or did not have a form that the protocol uses.</summary>
    UnrecognizedBody = 1L << 16,

    /// <summary>The body had an unknown content coding or more than two, its compressed data was damaged, or it decompressed to too many bytes.</summary>
    UndecodableEncoding = 1L << 17,

    /// <summary>The caller asked for a format that cannot contain usage: audio, subtitles or plain text.</summary>
    BodyWithoutUsage = 1L << 18,

    /// <summary>The handler failed to read usage because of an error of its own, which is in the log. The caller's response was not affected.</summary>
    DecodingFailed = 1L << 19,

    /// <summary>
    /// The caller stopped reading before the usage came, and the handler did not drain the response (read its rest for the usage), because
    /// <see cref="UsageCaptureOptions.MaxConcurrentDrains"/> responses were being drained already, or the handler was being disposed.
    /// </summary>
    NotDrained = 1L << 20,

    // Added later, so the number does not follow the others of its group, "What the counts say".

    /// <summary>
    /// More reasoning than output was reported, although the output should include the reasoning. All counts are kept as reported. Reasoning up
    /// to 1.5 times the output is usually the estimate of a gateway, and the other counts are right. Above that, review the record.
    /// </summary>
    ReasoningExceedsOutput = 1L << 21,
}
