namespace UsageCapture.Providers;

/// <summary>The counts of Google's usage objects.</summary>
internal enum GeminiCount
{
    Prompt,
    ToolUsePrompt,
    Answer,
    Thoughts,
    Cached,
    Total,
}
