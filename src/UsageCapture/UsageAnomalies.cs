namespace UsageCapture;

/// <summary>What was odd about a response. Each flag is a fact, not a verdict: many gateways are odd and right.</summary>
[Flags]
public enum UsageAnomalies
{
    /// <summary>Nothing was odd.</summary>
    None = 0,

    /// <summary>Usage stood in a chunk with choices of which none carried a finish reason.</summary>
    UsageWithoutFinishReason = 1 << 0,

    /// <summary>Usage stood in a chunk with choices that came after the chunk with the finish reason.</summary>
    UsageAfterFinish = 1 << 1,

    /// <summary>Usage came after the stream's terminator, <c>[DONE]</c>.</summary>
    UsageAfterTerminator = 1 << 2,

    /// <summary>Usage was reported more than once. The last report counts; reports are never added up.</summary>
    UsageRepeated = 1 << 3,

    /// <summary>Every reported count was zero, or every one of the input, which no generation is. Zeros do not replace counts.</summary>
    AllZeroUsage = 1 << 4,

    /// <summary>There were chunks without choices, usage, content-filter results or error.</summary>
    EmptyChunks = 1 << 5,

    /// <summary>A stream ended without the terminator of its protocol.</summary>
    NoTerminator = 1 << 6,

    /// <summary>The response id changed within one response. The first is kept.</summary>
    ResponseIdChanged = 1 << 7,

    /// <summary>The model's name changed within one response. The first is kept.</summary>
    ModelChanged = 1 << 8,

    /// <summary>Cached and cache-written tokens together were more than the input that should contain them.</summary>
    CachedExceedsInput = 1 << 9,

    /// <summary>The provider's total was not the sum of input and output. Both are kept as stated.</summary>
    TotalIsNotSum = 1 << 10,

    /// <summary>A count was negative, not a whole number, not a number, or above 2⁵³. It was left out.</summary>
    InvalidCount = 1 << 11,

    /// <summary>An event's data was not the JSON object that the protocol promises. It was passed over.</summary>
    UndecodableEvent = 1 << 12,

    /// <summary>The body was not in a form that its protocol uses, or it was empty.</summary>
    UnrecognizedBody = 1 << 13,

    /// <summary>The body had a content coding that cannot be undone here, or its coding was damaged.</summary>
    UndecodableEncoding = 1 << 14,

    /// <summary>What one event reports was larger than the space kept for it.</summary>
    OversizedEvent = 1 << 15,

    /// <summary>The handler's own decoding failed; the failure is in the log. The caller read on undisturbed.</summary>
    DecodingFailed = 1 << 16,

    /// <summary>The provider lists work that its total leaves out: see <see cref="UsageRecord.Iterations"/>.</summary>
    IterationsOutsideTotal = 1 << 17,

    /// <summary>The cache writes by how long they are kept do not come to all cache writes. All are kept as stated.</summary>
    CacheSplitIncomplete = 1 << 18,

    /// <summary>The body was of a kind that has no place for usage, as the caller asked for it: audio, subtitles, plain text.</summary>
    BodyWithoutUsage = 1 << 19,
}
