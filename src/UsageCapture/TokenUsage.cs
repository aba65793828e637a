using System.Text.Json.Serialization;

namespace UsageCapture;

/// <summary>The tokens that one response used, counted the same way for every provider.</summary>
/// <remarks>
/// A count is <see langword="null"/> when the provider did not report it; null is not zero. The parts are contained in the whole
/// and never to be added to it: cached and cache-written tokens are input, reasoning tokens are output.
/// </remarks>
public readonly record struct TokenUsage
{
    // One more than the count, and zero where there is none: so that a record takes half the memory, and default is nothing reported.
    private readonly ulong _inputTokens;
    private readonly ulong _cachedInputTokens;
    private readonly ulong _cacheWriteTokens;
    private readonly ulong _cacheWrite5mTokens;
    private readonly ulong _cacheWrite1hTokens;
    private readonly ulong _outputTokens;
    private readonly ulong _reasoningTokens;
    private readonly ulong _inputAudioTokens;
    private readonly ulong _inputImageTokens;
    private readonly ulong _outputAudioTokens;
    private readonly ulong _outputImageTokens;
    private readonly ulong _acceptedPredictionTokens;
    private readonly ulong _rejectedPredictionTokens;
    private readonly ulong _totalTokens;
    private readonly ulong _serverToolRequests;

    /// <summary>Gets the tokens of the whole input: text, images and audio, read from a cache, written to one, or neither.</summary>
    /// <remarks>
    /// What Gemini's own tools fed back into the prompt, which it counts apart, is included: it is billed as input. Of Cohere's two
    /// counts this is what the model processed, <c>tokens</c>, and not the fewer <c>billed_units</c>; where only those are told, they are it.
    /// </remarks>
    public long? InputTokens
    {
        get => Unpack(_inputTokens);
        init => _inputTokens = Pack(value);
    }

    /// <summary>Gets the part of the input that was read from the provider's prompt cache.</summary>
    public long? CachedInputTokens
    {
        get => Unpack(_cachedInputTokens);
        init => _cachedInputTokens = Pack(value);
    }

    /// <summary>Gets the part of the input that was written to the provider's prompt cache.</summary>
    public long? CacheWriteTokens
    {
        get => Unpack(_cacheWriteTokens);
        init => _cacheWriteTokens = Pack(value);
    }

    /// <summary>Gets the part of the cache writes that is kept for five minutes; null when the provider does not split them.</summary>
    /// <remarks>With <see cref="CacheWrite1hTokens"/> it may come to less than <see cref="CacheWriteTokens"/>: see <see cref="UsageAnomalies.CacheSplitIncomplete"/>.</remarks>
    [JsonPropertyName("cache_write_5m_tokens")]
    public long? CacheWrite5mTokens
    {
        get => Unpack(_cacheWrite5mTokens);
        init => _cacheWrite5mTokens = Pack(value);
    }

    /// <summary>Gets the part of the cache writes that is kept for an hour; null when the provider does not split them.</summary>
    [JsonPropertyName("cache_write_1h_tokens")]
    public long? CacheWrite1hTokens
    {
        get => Unpack(_cacheWrite1hTokens);
        init => _cacheWrite1hTokens = Pack(value);
    }

    /// <summary>Gets the tokens of the whole output, reasoning and rejected predictions included.</summary>
    public long? OutputTokens
    {
        get => Unpack(_outputTokens);
        init => _outputTokens = Pack(value);
    }

    /// <summary>Gets the part of the output that was reasoning and that the caller may never see.</summary>
    public long? ReasoningTokens
    {
        get => Unpack(_reasoningTokens);
        init => _reasoningTokens = Pack(value);
    }

    /// <summary>Gets the part of the input that was audio.</summary>
    public long? InputAudioTokens
    {
        get => Unpack(_inputAudioTokens);
        init => _inputAudioTokens = Pack(value);
    }

    /// <summary>Gets the part of the input that was images.</summary>
    public long? InputImageTokens
    {
        get => Unpack(_inputImageTokens);
        init => _inputImageTokens = Pack(value);
    }

    /// <summary>Gets the part of the output that was audio.</summary>
    public long? OutputAudioTokens
    {
        get => Unpack(_outputAudioTokens);
        init => _outputAudioTokens = Pack(value);
    }

    /// <summary>Gets the part of the output that was images.</summary>
    public long? OutputImageTokens
    {
        get => Unpack(_outputImageTokens);
        init => _outputImageTokens = Pack(value);
    }

    /// <summary>Gets the part of the output that a prediction sent with the request got right.</summary>
    public long? AcceptedPredictionTokens
    {
        get => Unpack(_acceptedPredictionTokens);
        init => _acceptedPredictionTokens = Pack(value);
    }

    /// <summary>Gets the part of the output that a prediction sent with the request got wrong; providers bill it as output.</summary>
    public long? RejectedPredictionTokens
    {
        get => Unpack(_rejectedPredictionTokens);
        init => _rejectedPredictionTokens = Pack(value);
    }

    /// <summary>Gets the total as the provider stated it; null when it stated none.</summary>
    /// <remarks>It is not always input plus output: see <see cref="UsageAnomalies.TotalIsNotSum"/>.</remarks>
    public long? TotalTokens
    {
        get => Unpack(_totalTokens);
        init => _totalTokens = Pack(value);
    }

    /// <summary>Gets how many requests to tools of its own, such as web searches, the provider made and counted; they are billed apart.</summary>
    public long? ServerToolRequests
    {
        get => Unpack(_serverToolRequests);
        init => _serverToolRequests = Pack(value);
    }

    /// <summary>Gets what the provider itself says that the response cost, in US dollars; null when it says nothing, as most do.</summary>
    /// <remarks>It may be all that there is: images are billed by the piece in places.</remarks>
    public decimal? ReportedCost { get; init; }

    /// <summary>Gets the input that was neither read from nor written to a cache; null when the input is unknown.</summary>
    /// <value>Derived, and never negative: a cache count that was not reported takes nothing away.</value>
    public long? UncachedInputTokens =>
        InputTokens is { } input ? Math.Max(0, input - (CachedInputTokens ?? 0) - (CacheWriteTokens ?? 0)) : null;

    /// <summary>Gets the counts in the way that Anthropic counts them, whoever reported them.</summary>
    /// <returns>The input without what went through a cache, and cache counts only where they are above zero.</returns>
    public AnthropicTokenUsage AsAnthropic() => new()
    {
        InputTokens = UncachedInputTokens,
        CacheReadInputTokens = CachedInputTokens > 0 ? CachedInputTokens : null,
        CacheCreationInputTokens = CacheWriteTokens > 0 ? CacheWriteTokens : null,
        OutputTokens = OutputTokens,
    };

    /// <summary>Adds the counts of another exchange.</summary>
    /// <param name="other">The other counts. Never those of the same response, whose reports are running totals.</param>
    /// <returns>The sums. A count that only one of the two has is as that one has it, and null where neither does; a sum that is too large stays at the most there is.</returns>
    public TokenUsage Plus(TokenUsage other) => new()
    {
        InputTokens = Sum(InputTokens, other.InputTokens),
        CachedInputTokens = Sum(CachedInputTokens, other.CachedInputTokens),
        CacheWriteTokens = Sum(CacheWriteTokens, other.CacheWriteTokens),
        CacheWrite5mTokens = Sum(CacheWrite5mTokens, other.CacheWrite5mTokens),
        CacheWrite1hTokens = Sum(CacheWrite1hTokens, other.CacheWrite1hTokens),
        OutputTokens = Sum(OutputTokens, other.OutputTokens),
        ReasoningTokens = Sum(ReasoningTokens, other.ReasoningTokens),
        InputAudioTokens = Sum(InputAudioTokens, other.InputAudioTokens),
        InputImageTokens = Sum(InputImageTokens, other.InputImageTokens),
        OutputAudioTokens = Sum(OutputAudioTokens, other.OutputAudioTokens),
        OutputImageTokens = Sum(OutputImageTokens, other.OutputImageTokens),
        AcceptedPredictionTokens = Sum(AcceptedPredictionTokens, other.AcceptedPredictionTokens),
        RejectedPredictionTokens = Sum(RejectedPredictionTokens, other.RejectedPredictionTokens),
        TotalTokens = Sum(TotalTokens, other.TotalTokens),
        ServerToolRequests = Sum(ServerToolRequests, other.ServerToolRequests),
        ReportedCost = ReportedCost is null && other.ReportedCost is null ? null : (ReportedCost ?? 0) + (other.ReportedCost ?? 0),
    };

    private static long? Sum(long? one, long? other) =>
        one is null && other is null ? null : (one ?? 0) > long.MaxValue - (other ?? 0) ? long.MaxValue : (one ?? 0) + (other ?? 0);

    /// <summary>Gets what is odd about the counts among themselves.</summary>
    internal UsageAnomalies Anomalies =>
        ((CachedInputTokens ?? 0) + (CacheWriteTokens ?? 0) > InputTokens ? UsageAnomalies.CachedExceedsInput : UsageAnomalies.None)
        | (TotalTokens is { } total && InputTokens + OutputTokens is { } sum && total != sum ? UsageAnomalies.TotalIsNotSum : UsageAnomalies.None)
        | ((CacheWrite5mTokens + (CacheWrite1hTokens ?? 0) ?? CacheWrite1hTokens) is { } split && split != CacheWriteTokens
            ? UsageAnomalies.CacheSplitIncomplete : UsageAnomalies.None)
        | ((InputTokens ?? 0) == 0 && (OutputTokens ?? 0) == 0 && (TotalTokens ?? 0) == 0 && !IsCostOnly
            ? UsageAnomalies.AllZeroUsage : UsageAnomalies.None);

    // xAI bills images by the piece.
    private bool IsCostOnly => (InputTokens ?? OutputTokens ?? TotalTokens) is null && ReportedCost > 0;

    private static long? Unpack(ulong packed) => packed == 0 ? null : (long)(packed - 1);

    private static ulong Pack(long? count) => count switch
    {
        null => 0,
        < 0 => throw new ArgumentOutOfRangeException(nameof(count), count, "A count of tokens cannot be negative. Leave it null where it is not known."),
        { } known => (ulong)known + 1,
    };
}
