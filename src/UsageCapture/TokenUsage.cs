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
    // Some gateways count reasoning with another tokenizer than the output, and report up to 1.38 times the output that includes it.
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
    /// <value>Calculated from the other counts. Never negative. A cache count that was not reported is taken as zero.</value>
    public long? UncachedInputTokens =>
        InputTokens is { } input ? Math.Max(0, input - CacheTokens) : null;

    /// <summary>Converts the counts of any provider to the form in which Anthropic reports them.</summary>
    /// <returns>
    /// Counts in which the input does not include cached and cache-written tokens. Cache counts of zero become null, so that the result is
    /// the same for a provider that reports zeros and one that reports nothing.
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
    /// The sums. A count that only one of the two has is that count. A count that neither has is null. A sum above
    /// <see cref="long.MaxValue"/> is <see cref="long.MaxValue"/>.
    /// </returns>
    /// <exception cref="OverflowException">The sum of <see cref="ReportedCost"/> is too large for a <see cref="decimal"/>.</exception>
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
        CachedInputAudioTokens = Sum(CachedInputAudioTokens, other.CachedInputAudioTokens),
        CachedInputImageTokens = Sum(CachedInputImageTokens, other.CachedInputImageTokens),
        OutputAudioTokens = Sum(OutputAudioTokens, other.OutputAudioTokens),
        OutputImageTokens = Sum(OutputImageTokens, other.OutputImageTokens),
        AcceptedPredictionTokens = Sum(AcceptedPredictionTokens, other.AcceptedPredictionTokens),
        RejectedPredictionTokens = Sum(RejectedPredictionTokens, other.RejectedPredictionTokens),
        TotalTokens = Sum(TotalTokens, other.TotalTokens),
        ServerToolRequests = Sum(ServerToolRequests, other.ServerToolRequests),
        ReportedCost = ReportedCost is null && other.ReportedCost is null ? null : (ReportedCost ?? 0) + (other.ReportedCost ?? 0),
    };

    /// <summary>Gets the anomalies that follow from comparing the counts with each other.</summary>
    internal UsageAnomalies Anomalies
    {
        get
        {
            bool totalIsNotSum = TotalTokens is { } total && InputAndOutputTokens is { } sum && total != sum;

            // The split is also incomplete when the total of the cache writes is unknown.
            bool hasCacheSplit = CacheWrite5mTokens is not null || CacheWrite1hTokens is not null;
            bool splitIsIncomplete = hasCacheSplit && Sum(CacheWrite5mTokens, CacheWrite1hTokens) != CacheWriteTokens;

            return (CachedExceedsInput ? UsageAnomalies.CachedExceedsInput : UsageAnomalies.None)
                | (totalIsNotSum ? UsageAnomalies.TotalIsNotSum : UsageAnomalies.None)
                | (splitIsIncomplete ? UsageAnomalies.CacheSplitIncomplete : UsageAnomalies.None)
                | (HasNoTokens || HasZeroInput ? UsageAnomalies.AllZeroUsage : UsageAnomalies.None)
                | (ReasoningTokens > OutputTokens ? UsageAnomalies.ReasoningExceedsOutput : UsageAnomalies.None);
        }
    }

    /// <summary>Gets whether input, output and total are all zero or unknown, which cannot be the usage of an answered request.</summary>
    internal bool HasNoTokens => (InputTokens ?? 0) == 0 && (OutputTokens ?? 0) == 0 && (TotalTokens ?? 0) == 0 && !IsCostOnly;

    /// <summary>Gets whether at least one count must be wrong, so that the record needs review.</summary>
    /// <remarks>
    /// Not all <see cref="Anomalies"/> count. Servers with correct counts are known to report a total without the reasoning, reasoning that
    /// slightly exceeds the output, and an incomplete split of the cache writes.
    /// </remarks>
    internal bool IsImplausible
    {
        get
        {
            // Some servers leave reasoning out of the total. Then the total is smaller than the sum by the reasoning tokens.
            bool totalIsWrong = TotalTokens is { } total && InputAndOutputTokens is { } sum
                && total != sum && total != sum - (ReasoningTokens ?? 0);
            return HasNoTokens || HasZeroInput || CachedExceedsInput || totalIsWrong || ReasoningTokens > OutputTokens * MaxReasoningPerOutput;
        }
    }

    private long CacheTokens => Sum(CachedInputTokens, CacheWriteTokens) ?? 0;

    // An unknown input is never exceeded, because a comparison with null is false.
    private bool CachedExceedsInput => CacheTokens > InputTokens;

    // Null when one of them is unknown.
    private long? InputAndOutputTokens => InputTokens is null || OutputTokens is null ? null : Sum(InputTokens, OutputTokens);

    // A model always has some input.
    private bool HasZeroInput => InputTokens == 0 && OutputTokens > 0;

    // xAI bills each generated image and reports only the cost.
    private bool IsCostOnly => (InputTokens ?? OutputTokens ?? TotalTokens) is null && ReportedCost > 0;

    /// <summary>Adds two counts.</summary>
    /// <returns>
    /// The sum; the known count when the other one is null; null when both are. A sum above <see cref="long.MaxValue"/> is
    /// <see cref="long.MaxValue"/>, because a sum that wrapped around would be a small or negative count.
    /// </returns>
    internal static long? Sum(long? one, long? other)
    {
        if (one is null || other is null)
        {
            return one ?? other;
        }

        return one > long.MaxValue - other ? long.MaxValue : one + other;
    }

    private static long? Unpack(ulong packed) => packed == 0 ? null : (long)(packed - 1);

    private static ulong Pack(long? count) => count switch
    {
        null => 0,
        < 0 => throw new ArgumentOutOfRangeException(nameof(count), count, "A token count cannot be negative. Set null when it is unknown."),
        { } known => (ulong)known + 1,
    };
}
