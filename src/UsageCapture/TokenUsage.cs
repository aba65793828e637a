namespace UsageCapture;

/// <summary>The tokens that one response used, counted the same way for every provider.</summary>
/// <remarks>
/// A count is <see langword="null"/> when the provider did not report it; null is not zero. The parts are contained in the whole
/// and never to be added to it: cached and cache-written tokens are input, reasoning tokens are output.
/// </remarks>
public readonly record struct TokenUsage
{
    /// <summary>Gets the tokens of the whole input: text, images and audio, read from a cache, written to one, or neither.</summary>
    public long? InputTokens { get; init; }

    /// <summary>Gets the part of the input that was read from the provider's prompt cache.</summary>
    public long? CachedInputTokens { get; init; }

    /// <summary>Gets the part of the input that was written to the provider's prompt cache.</summary>
    public long? CacheWriteTokens { get; init; }

    /// <summary>Gets the tokens of the whole output, reasoning and rejected predictions included.</summary>
    public long? OutputTokens { get; init; }

    /// <summary>Gets the part of the output that was reasoning and that the caller may never see.</summary>
    public long? ReasoningTokens { get; init; }

    /// <summary>Gets the part of the input that was audio.</summary>
    public long? InputAudioTokens { get; init; }

    /// <summary>Gets the part of the input that was images.</summary>
    public long? InputImageTokens { get; init; }

    /// <summary>Gets the part of the output that was audio.</summary>
    public long? OutputAudioTokens { get; init; }

    /// <summary>Gets the part of the output that a prediction sent with the request got right.</summary>
    public long? AcceptedPredictionTokens { get; init; }

    /// <summary>Gets the part of the output that a prediction sent with the request got wrong; providers bill it as output.</summary>
    public long? RejectedPredictionTokens { get; init; }

    /// <summary>Gets the total as the provider stated it; null when it stated none.</summary>
    /// <remarks>It is not always input plus output: see <see cref="UsageAnomalies.TotalIsNotSum"/>.</remarks>
    public long? TotalTokens { get; init; }

    /// <summary>Gets the input that was neither read from nor written to a cache; null when the input is unknown.</summary>
    /// <value>Derived, and never negative: a cache count that was not reported takes nothing away.</value>
    public long? UncachedInputTokens =>
        InputTokens is { } input ? Math.Max(0, input - (CachedInputTokens ?? 0) - (CacheWriteTokens ?? 0)) : null;
}
