namespace UsageCapture.Tests.Testing;

/// <summary>The recordings of which an SDK tells its caller other counts than the record has, each with its causes.</summary>
internal static class ListedDifferences
{
    public static readonly string[] OfRecordings =
    [
        "anthropic-stream-crlf: UnnamedEvents",
        "anthropic-stream-error: ErrorEvent",
        "anthropic-stream-odd-counts: UnreadableCount",
        "anthropic-stream-stripped-at-end: MissingUsage",
        "anthropic-stream-stripped-at-start: MissingUsage",
        "anthropic-stream-stripped: MissingUsage",
        "anthropic-stream-zero-input-at-end: ZerosAtLast",
        "deepinfra-stream-reasoning-outside: ReasoningElsewhere",
        "gemini-stream-compatible-cumulative: ReasoningElsewhere",
        "gemini-stream-compatible-error-in-array: DamagedEvent",
        "groq-stream-only-x-groq: UnderXGroq",
        "mantle-responses-stream: UnknownTimestamp",
        "mistral-stream-num-cached: CachedElsewhere",
        "moonshot-stream-cached-beside: CachedElsewhere",
        "moonshot-stream-usage-in-choice: InsideChoice",
        "openai-rejected-json: Refused",
        "openai-stream-damaged-event: DamagedEvent",
        "openai-stream-damaged-gzip: UnreadableCoding",
        "openai-stream-inline-error-with-choices: UnknownFinishReason",
        "openai-stream-odd-counts: UnreadableCount",
        "openai-stream-open-tail: OpenTail",
        "openai-stream-strange-framing: DamagedEvent",
        "openai-stream-unknown-coding: UnreadableCoding",
        "openai-stream-usage-after-done: BehindDone",
        "openai-stream-zero-at-last: ZerosAtLast",
        "perplexity-agent-stream: CachedElsewhere",
        "proxy-empty: NoEvents",
        "proxy-html: NoEvents",
        "proxy-rejected-html: Refused",
        "proxy-responses-stream-done: UnknownEvent",
        "sglang-stream: ReasoningElsewhere",
        "together-stream: UnknownFinishReason, CachedElsewhere",
        "vllm-stream-null-choices: NullList",
        "xai-stream-reasoning-outside: ReasoningElsewhere",
    ];
}
