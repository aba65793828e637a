namespace UsageCapture.Tests.Testing;

/// <summary>The recordings for which an SDK reports other counts than the usage record, with the reasons.</summary>
internal static class KnownSdkDifferences
{
    public static readonly string[] ForRecordings =
    [
        "anthropic-stream-crlf: UnnamedEvents",
        "anthropic-stream-error: ErrorEvent",
        "anthropic-stream-odd-counts: UnreadableCount",
        "anthropic-stream-stripped: MissingUsage",
        "anthropic-stream-started-twice: ZerosAfterCounts",
        "anthropic-stream-stripped-at-end: MissingUsage",
        "anthropic-stream-stripped-at-start: MissingUsage",
        "anthropic-stream-zero-input-at-end: ZerosAfterCounts",
        "anthropic-stream-zero-part-at-end: ZerosAfterCounts",
        "deepinfra-stream-reasoning-outside: ReasoningElsewhere",
        "gemini-stream-compatible-cumulative: ReasoningElsewhere",
        "gemini-stream-compatible-error-in-array: DamagedEvent",
        "groq-stream-only-x-groq: UnderXGroq",
        "kobold-stream-null-word: UnknownFinishReason",
        "llamacpp-stream-timings: UnderAnotherName",
        "mantle-responses-stream: UnknownTimestamp",
        "mistral-stream-num-cached: CachedElsewhere",
        "moonshot-stream-cached-beside: CachedElsewhere",
        "moonshot-stream-usage-in-choice: InsideChoice",
        "openai-rejected-json: Refused",
        "openai-stream-damaged-event: DamagedEvent",
        "openai-stream-damaged-gzip: UnreadableCoding",
        "openai-stream-inline-error-with-choices: UnknownFinishReason",
        "openai-stream-odd-counts: UnreadableCount",
        "openai-stream-open-tail: UnterminatedEvent",
        "openai-stream-strange-framing: DamagedEvent",
        "openai-stream-unknown-coding: UnreadableCoding",
        "openai-stream-usage-after-done: AfterDone",
        "openai-stream-zero-at-last: ZerosAfterCounts",
        "perplexity-agent-stream: CachedElsewhere",
        "proxy-empty: NoEvents",
        "proxy-html: NoEvents",
        "proxy-rejected-html: Refused",
        "proxy-responses-stream-done: UnknownEvent",
        "sglang-stream: ReasoningElsewhere",
        "together-stream: UnknownFinishReason, CachedElsewhere",
        "vllm-stream-null-choices: NullList",
        "volcengine-stream-bot-usage: UnderAnotherName",
        "xai-stream-reasoning-outside: ReasoningElsewhere",
    ];
}
