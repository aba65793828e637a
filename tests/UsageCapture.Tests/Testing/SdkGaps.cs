namespace UsageCapture.Tests.Testing;

/// <summary>Why an SDK tells its caller other counts than a record has, told from the bytes and the format.</summary>
[Flags]
internal enum SdkGaps
{
    None = 0,

    // It throws, and reads no further.

    /// <summary>The status is no success: SDKs throw.</summary>
    Refused = 1 << 0,

    /// <summary>The body is compressed in a way that is not known, or damaged.</summary>
    UnreadableCoding = 1 << 1,

    /// <summary>The data of an event is no JSON, or no object: Gemini's compatible endpoint puts errors into an array.</summary>
    DamagedEvent = 1 << 2,

    /// <summary>A finish reason that the OpenAI SDK has no name for, such as <c>eos</c>.</summary>
    UnknownFinishReason = 1 << 3,

    /// <summary>Content in parts that the OpenAI SDK has no kind for, such as Mistral's <c>thinking</c>.</summary>
    UnknownContentPart = 1 << 4,

    /// <summary>A time of creation that is no whole number of seconds within the calendar.</summary>
    UnknownTimestamp = 1 << 5,

    /// <summary>Usage that is no object, or counts that are no whole JSON numbers.</summary>
    UnreadableCount = 1 << 6,

    /// <summary>A member that the OpenAI SDK reads as a list is null.</summary>
    NullList = 1 << 7,

    /// <summary>An error event: Anthropic's SDK throws it, OpenAI's reads on.</summary>
    ErrorEvent = 1 << 8,

    /// <summary>An event of Anthropic's that lacks the usage it must have: its SDK throws when it is asked for.</summary>
    MissingUsage = 1 << 9,

    Throws = ErrorEvent | MissingUsage | Refused | UnreadableCoding | DamagedEvent | UnknownFinishReason | UnknownContentPart | UnknownTimestamp | UnreadableCount | NullList,

    // It reads on, and does not see the usage.

    /// <summary>The body is no event stream.</summary>
    NoEvents = 1 << 10,

    /// <summary>The usage stands under <c>x_groq</c> only.</summary>
    UnderXGroq = 1 << 11,

    /// <summary>The usage stands inside a choice.</summary>
    InsideChoice = 1 << 12,

    /// <summary>The usage comes behind <c>[DONE]</c>, where SDKs have stopped reading.</summary>
    BehindDone = 1 << 13,

    /// <summary>The event with the usage lacks the blank line at its end: parsers by the book drop it.</summary>
    OpenTail = 1 << 14,

    /// <summary>Events without a name of their own: Anthropic's SDK passes over them.</summary>
    UnnamedEvents = 1 << 15,

    /// <summary>The usage comes in an event that the OpenAI SDK has no type for, such as <c>response.done</c>.</summary>
    UnknownEvent = 1 << 20,

    Unseen = UnnamedEvents | UnknownEvent | NoEvents | UnderXGroq | InsideChoice | BehindDone | OpenTail,

    // It sees the usage, and one of the counts is another.

    /// <summary>Cached tokens are counted under names that the SDK does not know: DeepSeek, Moonshot, Mistral, Perplexity.</summary>
    CachedElsewhere = 1 << 16,

    /// <summary>Reasoning is counted outside the details, or beside the completion and not in it: SGLang, xAI.</summary>
    ReasoningElsewhere = 1 << 17,

    /// <summary>Details are there without the count: the OpenAI SDK says zero where nobody reported.</summary>
    ZeroForNothing = 1 << 18,

    /// <summary>Zeros come after the counts: the SDK's last word is zero, the record keeps the counts.</summary>
    ZerosAtLast = 1 << 19,
}
