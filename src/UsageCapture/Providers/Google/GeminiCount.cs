namespace UsageCapture.Providers;

/// <summary>The counts of Google's usage objects. <see cref="Prompt"/>, <see cref="ToolUsePrompt"/>, <see cref="Answer"/> and
/// <see cref="Thoughts"/> do not overlap, and <see cref="Total"/> is their sum.</summary>
internal enum GeminiCount
{
    Prompt,

    /// <summary>The text that Google's tools added to the prompt, such as search results.</summary>
    ToolUsePrompt,

    Answer,
    Thoughts,

    /// <summary>The part of the prompt that was read from a cache.</summary>
    Cached,

    Total,
}
