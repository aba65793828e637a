using System.Text.Json.Serialization;

namespace UsageCapture;

/// <summary>The tokens that one response used. Each count has the same meaning for every provider.</summary>
/// <remarks>
/// A count is <see langword="null"/> when the provider did not report it; null is not zero. No count is negative. Parts are included in
/// their whole and must not be added to it: cached and cache-written tokens are part of the input, reasoning tokens are part of the
/// output. The default value has no counts.
/// </remarks>
public readonly record struct TokenUsage
{
    // Some gateways estimate the reasoning with another tokenizer, and report up to 1.38 times the output that includes it. This leaves a
    // margin.
    private const decimal MaxReasoningPerOutput = 1.5m;

    // Each field holds the count plus one, or zero for null. A nullable long would take twice the memory. The size
    // matters because the value is copied for each usage object of a stream.
    private readonly ulong _inputTokens;
    private readonly ulong _cachedInputTokens;
    private readonly ulong _cacheWriteTokens;
    private readonly ulong _cacheWrite5mTokens;
    private readonly ulong _cacheWrite1hTokens;
    private readonly ulong _outputTokens;
    private readonly ulong _reasoningTokens;
    private readonly ulong _inputAudioTokens;
    private readonly ulong _inputImageTokens;
    private readonly ulong _cachedInputAudioTokens;
    private readonly ulong _cachedInputImageTokens;
    private readonly ulong _outputAudioTokens;
    private readonly ulong _outputImageTokens;
    private readonly ulong _acceptedPredictionTokens;
    private readonly ulong _rejectedPredictionTokens;
    private readonly ulong _totalTokens;
    private readonly ulong _serverToolRequests;

    /// <summary>Gets all input tokens: text, images and audio, including tokens that were read from or written to a cache.</summary>
    /// <remarks>
    /// For Gemini it includes the tool-use prompt tokens, which Gemini reports separately and bills as input. For Cohere it is
    /// <c>tokens</c>, which is what the model processed, or <c>billed_units</c> when there is no <c>tokens</c>.
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative. This is so for every count of this type.</exception>
    public long? InputTokens
    {
        get => Unpack(_inputTokens);
        init => _inputTokens = Pack(value);
    }

    /// <summary>Gets the input tokens that were read from the provider's prompt cache.</summary>
    public long? CachedInputTokens
    {
        get => Unpack(_cachedInputTokens);
        init => _cachedInputTokens = Pack(value);
    }

    /// <summary>Gets the input tokens that were written to the provider's prompt cache.</summary>
    public long? CacheWriteTokens
    {
        get => Unpack(_cacheWriteTokens);
        init => _cacheWriteTokens = Pack(value);
    }

    /// <summary>Gets the cache-write tokens that the provider keeps for five minutes; null when it does not report the lifetime.</summary>
    /// <remarks>
    /// The sum with <see cref="CacheWrite1hTokens"/> may differ from <see cref="CacheWriteTokens"/>. Then the
    /// <see cref="UsageRecord"/> has the anomaly <see cref="UsageAnomalies.CacheSplitIncomplete"/>.
    /// </remarks>
    [JsonPropertyName("cache_write_5m_tokens")]
    public long? CacheWrite5mTokens
    {
        get => Unpack(_cacheWrite5mTokens);
        init => _cacheWrite5mTokens = Pack(value);
    }

    /// <summary>Gets the cache-write tokens that the provider keeps for one hour; null when it does not report the lifetime.</summary>
    [JsonPropertyName("cache_write_1h_tokens")]
    public long? CacheWrite1hTokens
    {
        get => Unpack(_cacheWrite1hTokens);
        init => _cacheWrite1hTokens = Pack(value);
    }

    /// <summary>Gets all output tokens, including reasoning and rejected predictions.</summary>
    public long? OutputTokens
    {
        get => Unpack(_outputTokens);
        init => _outputTokens = Pack(value);
    }

    /// <summary>Gets the output tokens that were reasoning. They are billed even when the response does not contain the reasoning.</summary>
    public long? ReasoningTokens
    {
        get => Unpack(_reasoningTokens);
        init => _reasoningTokens = Pack(value);
    }

    /// <summary>Gets the input tokens that were audio.</summary>
    public long? InputAudioTokens
    {
        get => Unpack(_inputAudioTokens);
        init => _inputAudioTokens = Pack(value);
    }

    /// <summary>Gets the input tokens that were images.</summary>
    public long? InputImageTokens
    {
        get => Unpack(_inputImageTokens);
        init => _inputImageTokens = Pack(value);
    }

    /// <summary>Gets the input tokens that were audio and were read from the provider's prompt cache.</summary>
    public long? CachedInputAudioTokens
    {
        get => Unpack(_cachedInputAudioTokens);
        init => _cachedInputAudioTokens = Pack(value);
    }

    /// <summary>Gets the input tokens that were images and were read from the provider's prompt cache.</summary>
    public long? CachedInputImageTokens
    {
        get => Unpack(_cachedInputImageTokens);
        init => _cachedInputImageTokens = Pack(value);
    }

    /// <summary>Gets the output tokens that were audio.</summary>
    public long? OutputAudioTokens
    {
        get => Unpack(_outputAudioTokens);
        init => _outputAudioTokens = Pack(value);
    }

    /// <summary>Gets the output tokens that were images.</summary>
    public long? OutputImageTokens
    {
        get => Unpack(_outputImageTokens);
        init => _outputImageTokens = Pack(value);
    }

    /// <summary>Gets the tokens of the request's predicted output that the model used.</summary>
    public long? AcceptedPredictionTokens
    {
        get => Unpack(_acceptedPredictionTokens);
        init => _acceptedPredictionTokens = Pack(value);
    }

    /// <summary>Gets the tokens of the request's predicted output that the model did not use. Providers bill them as output.</summary>
    public long? RejectedPredictionTokens
    {
        get => Unpack(_rejectedPredictionTokens);
        init => _rejectedPredictionTokens = Pack(value);
    }

    /// <summary>Gets the total that the provider reported. It is not calculated.</summary>
    /// <remarks>
    /// It may differ from the sum of input and output. Then the <see cref="UsageRecord"/> has the anomaly
    /// <see cref="UsageAnomalies.TotalIsNotSum"/>.
    /// </remarks>
    public long? TotalTokens
    {
        get => Unpack(_totalTokens);
        init => _totalTokens = Pack(value);
    }

    /// <summary>Gets the number of requests to the provider's own tools, such as web searches. They are billed separately from tokens.</summary>
    public long? ServerToolRequests
    {
        get => Unpack(_serverToolRequests);
        init => _serverToolRequests = Pack(value);
    }

    /// <summary>Gets the cost of the response in US dollars, as the provider reported it; null when it did not. Most providers do not.</summary>
    /// <remarks>It may be present without any count, because some providers bill each image instead of tokens.</remarks>
    public decimal? ReportedCost { get; init; }

    /// <summary>Gets the input tokens that were neither read from nor written to a cache; null when the input is unknown.</summary>
    /// <value>
    /// Calculated from the other counts. A cache count that was not reported is taken as zero. Zero when the cache counts exceed the input.
    /// </value>
    public long? UncachedInputTokens =>
        InputTokens is { } input ? (CachedExceedsInput ? 0 : input - (long)CachedAndCacheWriteTokens) : null;

    /// <summary>Converts the counts of any provider to the form in which Anthropic reports them.</summary>
    /// <returns>
    /// Counts in which the input does not include cached and cache-written tokens. A cache count of zero becomes null, so the result is the
    /// same for a provider that reports zero and for one that leaves the count out.
    /// </returns>
    public AnthropicTokenUsage AsAnthropic() => new()
    {
        InputTokens = UncachedInputTokens,
        CacheReadInputTokens = CachedInputTokens > 0 ? CachedInputTokens : null,
        CacheCreationInputTokens = CacheWriteTokens > 0 ? CacheWriteTokens : null,
        OutputTokens = OutputTokens,
    };

    /// <summary>Adds the counts of another exchange.</summary>
    /// <param name="other">The other counts. Do not add two reports of the same response, because the later one includes the earlier one.</param>
    /// <returns>
    /// The sums. A count that only one of the two has is that count. A count that neither has is null. A sum that is too large for its type
    /// is the largest value of the type.
    /// </returns>
    public TokenUsage Plus(TokenUsage other) => new()
    {
        InputTokens = AddOrMax(InputTokens, other.InputTokens),
        CachedInputTokens = AddOrMax(CachedInputTokens, other.CachedInputTokens),
        CacheWriteTokens = AddOrMax(CacheWriteTokens, other.CacheWriteTokens),
        CacheWrite5mTokens = AddOrMax(CacheWrite5mTokens, other.CacheWrite5mTokens),
        CacheWrite1hTokens = AddOrMax(CacheWrite1hTokens, other.CacheWrite1hTokens),
        OutputTokens = AddOrMax(OutputTokens, other.OutputTokens),
        ReasoningTokens = AddOrMax(ReasoningTokens, other.ReasoningTokens),
        InputAudioTokens = AddOrMax(InputAudioTokens, other.InputAudioTokens),
        InputImageTokens = AddOrMax(InputImageTokens, other.InputImageTokens),
        CachedInputAudioTokens = AddOrMax(CachedInputAudioTokens, other.CachedInputAudioTokens),
        CachedInputImageTokens = AddOrMax(CachedInputImageTokens, other.CachedInputImageTokens),
        OutputAudioTokens = AddOrMax(OutputAudioTokens, other.OutputAudioTokens),
        OutputImageTokens = AddOrMax(OutputImageTokens, other.OutputImageTokens),
        AcceptedPredictionTokens = AddOrMax(AcceptedPredictionTokens, other.AcceptedPredictionTokens),
        RejectedPredictionTokens = AddOrMax(RejectedPredictionTokens, other.RejectedPredictionTokens),
        TotalTokens = AddOrMax(TotalTokens, other.TotalTokens),
        ServerToolRequests = AddOrMax(ServerToolRequests, other.ServerToolRequests),
        ReportedCost = AddOrMax(ReportedCost, other.ReportedCost),
    };

    /// <summary>Gets the anomalies that follow from comparing the counts with each other. <see cref="UsageReport"/> adds them to the record.</summary>
    internal UsageAnomalies Anomalies
    {
        get
        {
            // The split is also incomplete when the total of the cache writes is unknown.
            bool hasCacheSplit = CacheWrite5mTokens is not null || CacheWrite1hTokens is not null;
            bool splitIsIncomplete = hasCacheSplit
                && (CacheWriteTokens is not { } cacheWrites || AddExactly(CacheWrite5mTokens ?? 0, CacheWrite1hTokens ?? 0) != (ulong)cacheWrites);

            return (CachedExceedsInput ? UsageAnomalies.CachedExceedsInput : UsageAnomalies.None)
                | (TotalIsNotSum ? UsageAnomalies.TotalIsNotSum : UsageAnomalies.None)
                | (splitIsIncomplete ? UsageAnomalies.CacheSplitIncomplete : UsageAnomalies.None)
                | (IsAllZero || OnlyInputIsZero ? UsageAnomalies.AllZeroUsage : UsageAnomalies.None) // The flag covers both, as its text says.
                | (ReasoningTokens > OutputTokens ? UsageAnomalies.ReasoningExceedsOutput : UsageAnomalies.None);
        }
    }

    /// <summary>Gets whether input, output and total are all zero or unknown, which cannot be the usage of an answered request.</summary>
    /// <remarks>The parts of an unknown input or output count in its place. False when the provider reported only a cost.</remarks>
    internal bool IsAllZero =>
        (InputTokens is { } input ? (ulong)input : CachedAndCacheWriteTokens) == 0
        && (OutputTokens ?? ReasoningTokens ?? 0) == 0
        && (TotalTokens ?? 0) == 0
        && !HasOnlyCost;

    /// <summary>Gets whether at least one count must be wrong. The record needs review then.</summary>
    /// <remarks><see cref="Anomalies"/> names every deviation. This leaves out those with a known, harmless reason.</remarks>
    internal bool IsImplausible
    {
        get
        {
            // Some servers leave reasoning out of the total. Then the total is smaller than the sum by the reasoning tokens.
            bool totalLacksReasoning = TotalTokens is { } total && AddExactly(total, ReasoningTokens ?? 0) == InputAndOutputTokens;
            return IsAllZero
                || OnlyInputIsZero
                || CachedExceedsInput
                || (TotalIsNotSum && !totalLacksReasoning)
                || ReasoningTokens > OutputTokens * MaxReasoningPerOutput;
        }
    }

    // A model always has some input.
    private bool OnlyInputIsZero => InputTokens == 0 && OutputTokens > 0;

    // xAI bills each generated image and reports only the cost.
    private bool HasOnlyCost => (InputTokens ?? OutputTokens ?? TotalTokens) is null && ReportedCost > 0;

    private bool CachedExceedsInput => InputTokens is { } input && CachedAndCacheWriteTokens > (ulong)input;

    private bool TotalIsNotSum => TotalTokens is { } total && InputAndOutputTokens is { } sum && (ulong)total != sum;

    private ulong CachedAndCacheWriteTokens => AddExactly(CachedInputTokens ?? 0, CacheWriteTokens ?? 0);

    private ulong? InputAndOutputTokens => InputTokens is { } input && OutputTokens is { } output ? AddExactly(input, output) : null;

    // Unsigned, because the sum of two large counts does not fit into a long.
    private static ulong AddExactly(long count, long other) => (ulong)count + (ulong)other;

    /// <summary>Adds two counts. A sum that would wrap around to a negative number is <see cref="long.MaxValue"/>.</summary>
    /// <returns>The known count when the other one is null; null when both are.</returns>
    internal static long? AddOrMax(long? count, long? other)
    {
        if (count is null || other is null)
        {
            return count ?? other;
        }

        return count > long.MaxValue - other ? long.MaxValue : count + other;
    }

    private static decimal? AddOrMax(decimal? cost, decimal? other)
    {
        if (cost is null || other is null)
        {
            return cost ?? other;
        }

        try
        {
            return cost + other;
        }
        catch (OverflowException)
        {
            return cost > 0 ? decimal.MaxValue : decimal.MinValue; // Only two costs of the same sign overflow.
        }
    }

    private static long? Unpack(ulong packed) => packed == 0 ? null : (long)(packed - 1);

    private static ulong Pack(long? count) => count switch
    {
        null => 0,
        < 0 => throw new ArgumentOutOfRangeException(nameof(count), count, "A token count cannot be negative. Set null when it is unknown."),
        { } known => (ulong)known + 1,
    };
}
