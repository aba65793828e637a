namespace UsageCapture.Testing.Tests.SdkAgreement;

/// <summary>The reasons why an SDK reports other counts than the usage record.</summary>
[Flags]
internal enum SdkDifferences
{
    None = 0,

    // The SDK throws.

    /// <summary>The status is an error.</summary>
    Refused = 1 << 0,

    /// <summary>The compression of the body is unknown or damaged.</summary>
    UnreadableCoding = 1 << 1,

    /// <summary>The data of an event is not a JSON object. For example, Gemini's compatible endpoint sends errors in an array.</summary>
    DamagedEvent = 1 << 2,

    /// <summary>The OpenAI SDK does not know the finish reason, such as <c>eos</c>.</summary>
    UnknownFinishReason = 1 << 3,

    /// <summary>The OpenAI SDK does not know the kind of a content part, such as Mistral's <c>thinking</c>.</summary>
    UnknownContentPart = 1 << 4,

    /// <summary>The creation time is not a valid whole number of seconds.</summary>
    UnknownTimestamp = 1 << 5,

    /// <summary>Usage is not an object, or a count is not a whole JSON number.</summary>
    UnreadableCount = 1 << 6,

    /// <summary>A member that the OpenAI SDK reads as a list is null.</summary>
    NullList = 1 << 7,

    /// <summary>The stream has an error event. The Anthropic SDK throws; the OpenAI SDK reads on.</summary>
    ErrorEvent = 1 << 8,

    /// <summary>An Anthropic event lacks its required usage. The SDK throws when the usage is read.</summary>
    MissingUsage = 1 << 9,

    /// <summary>
    /// In an Anthropic usage object, a required count is missing or null: the output, or the input in the first event. The SDK throws when the
    /// count is read.
    /// </summary>
    MissingCount = 1 << 22,

    Throws = ErrorEvent | MissingUsage | MissingCount | Refused | UnreadableCoding | DamagedEvent | UnknownFinishReason | UnknownContentPart | UnknownTimestamp | UnreadableCount | NullList,

    // The SDK does not see the usage.

    /// <summary>The body is not an event stream.</summary>
    NoEvents = 1 << 10,

    /// <summary>The usage is under <c>x_groq</c> only.</summary>
    UnderXGroq = 1 << 11,

    /// <summary>The usage is inside a choice.</summary>
    InsideChoice = 1 << 12,

    /// <summary>The usage comes after <c>[DONE]</c>. SDKs stop reading before it.</summary>
    AfterDone = 1 << 13,

    /// <summary>The blank line after the event with the usage is missing. Parsers that follow the standard drop the event.</summary>
    UnterminatedEvent = 1 << 14,

    /// <summary>Events have no name. The Anthropic SDK ignores them.</summary>
    UnnamedEvents = 1 << 15,

    /// <summary>The OpenAI SDK does not know the event with the usage, such as <c>response.done</c>.</summary>
    UnknownEvent = 1 << 20,

    /// <summary>The usage has another name, such as <c>bot_usage</c>, llama.cpp's <c>timings</c> or GitHub Copilot's <c>copilot_usage</c>.</summary>
    UnderAnotherName = 1 << 21,

    Unseen = UnnamedEvents | UnknownEvent | NoEvents | UnderAnotherName | UnderXGroq | InsideChoice | AfterDone | UnterminatedEvent,

    // The SDK sees the usage, but reports another count.

    /// <summary>Cached tokens have names that the SDK does not know. DeepSeek, Moonshot, Mistral, Perplexity.</summary>
    CachedElsewhere = 1 << 16,

    /// <summary>Reasoning is not part of the details, or not included in the completion. SGLang, xAI.</summary>
    ReasoningElsewhere = 1 << 17,

    /// <summary>The details lack the count. The OpenAI SDK reports zero.</summary>
    ZeroForMissing = 1 << 18,

    /// <summary>Zeros follow the counts. The SDK reports the zeros; the record keeps the counts.</summary>
    ZerosAfterCounts = 1 << 19,
}
