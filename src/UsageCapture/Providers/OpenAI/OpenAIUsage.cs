using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>Reads the usage object of OpenAI's APIs, in every dialect of it.</summary>
internal static class OpenAIUsage
{
    // What a count is called, here and there. Names of the same count repeat each other and are never added up.
    private static readonly (string Path, Count Count)[] Names =
    [
        ("prompt_tokens", Count.Input),
        ("input_tokens", Count.Input), // Responses, images, audio
        ("completion_tokens", Count.Output),
        ("output_tokens", Count.Output),
        ("total_tokens", Count.Total),
        ("completion_tokens_details.reasoning_tokens", Count.Reasoning),
        ("output_tokens_details.reasoning_tokens", Count.Reasoning),
        ("reasoning_tokens", Count.Reasoning), // SGLang
        ("prompt_tokens_details.cached_tokens", Count.Cached),
        ("input_tokens_details.cached_tokens", Count.Cached),
        ("prompt_token_details.cached_tokens", Count.Cached), // Mistral
        ("prompt_cache_hit_tokens", Count.Cached), // DeepSeek
        ("cached_tokens", Count.Cached), // Moonshot
        ("num_cached_tokens", Count.Cached), // Mistral
        ("input_tokens_details.cache_read_input_tokens", Count.Cached), // Perplexity's agents
        ("cache_read_input_tokens", Count.Cached), // LiteLLM before Anthropic
        ("prompt_tokens_details.cache_write_tokens", Count.CacheWrite),
        ("input_tokens_details.cache_write_tokens", Count.CacheWrite),
        ("prompt_tokens_details.cache_creation_input_tokens", Count.CacheWrite), // DashScope
        ("input_tokens_details.cache_creation_input_tokens", Count.CacheWrite), // Perplexity's agents
        ("prompt_tokens_details.cache_creation_tokens", Count.CacheWrite), // LiteLLM before Anthropic
        ("cache_creation_input_tokens", Count.CacheWrite), // The same
        ("prompt_tokens_details.cache_creation_token_details.ephemeral_5m_input_tokens", Count.CacheWrite5m), // The same
        ("prompt_tokens_details.cache_creation_token_details.ephemeral_1h_input_tokens", Count.CacheWrite1h), // The same
        ("prompt_tokens_details.audio_tokens", Count.InputAudio),
        ("input_tokens_details.audio_tokens", Count.InputAudio),
        ("input_token_details.audio_tokens", Count.InputAudio), // Transcriptions
        ("prompt_tokens_details.image_tokens", Count.InputImage),
        ("input_tokens_details.image_tokens", Count.InputImage),
        ("completion_tokens_details.audio_tokens", Count.OutputAudio),
        ("output_tokens_details.audio_tokens", Count.OutputAudio),
        ("completion_tokens_details.image_tokens", Count.OutputImage),
        ("output_tokens_details.image_tokens", Count.OutputImage),
        ("completion_tokens_details.accepted_prediction_tokens", Count.Accepted),
        ("completion_tokens_details.rejected_prediction_tokens", Count.Rejected),
        ("num_server_side_tools_used", Count.ToolCalls), // xAI
        ("num_search_queries", Count.ToolCalls), // Perplexity
        ("server_tool_use_details.tool_calls_executed", Count.ToolCalls), // OpenRouter
        ("server_tool_use.tool_calls_executed", Count.ToolCalls),
        ("server_tool_use_details.web_search_requests", Count.WebSearches),
        ("server_tool_use.web_search_requests", Count.WebSearches),
        ("cost_in_usd_ticks", Count.CostTicks), // xAI
    ];

    private static readonly JsonCounts Counts = new([.. Names.Select(name => (name.Path, (int)name.Count))]);

    // Solved from recorded counts, this unit gives xAI's prices per token and per image to the last digit.
    private const decimal TicksPerDollar = 10_000_000_000m;

    private enum Count
    {
        Input,
        Output,
        Total,
        Reasoning,
        Cached,
        CacheWrite,
        CacheWrite5m,
        CacheWrite1h,
        InputAudio,
        InputImage,
        OutputAudio,
        OutputImage,
        Accepted,
        Rejected,
        ToolCalls,
        WebSearches,
        CostTicks,
    }

    /// <summary>Reads the counts.</summary>
    /// <param name="json">A JSON value, as it stood under the name of usage.</param>
    /// <param name="usage">The counts in their normal meaning.</param>
    /// <param name="anomalies">What was odd about them.</param>
    /// <returns>False when the value holds neither a count that is known nor a cost: null, an empty object, something else.</returns>
    public static bool TryRead(ReadOnlySpan<byte> json, out TokenUsage usage, out UsageAnomalies anomalies)
    {
        usage = default;
        Span<long?> counts = stackalloc long?[(int)Count.CostTicks + 1];
        counts.Clear();
        if (!Counts.TryRead(json, counts, out anomalies))
        {
            return false;
        }

        usage = Normalize(counts) with { ReportedCost = CostOf(json) ?? (counts[(int)Count.CostTicks] / TicksPerDollar) };
        return (usage.InputTokens ?? usage.OutputTokens ?? usage.TotalTokens) is not null || usage.ReportedCost > 0;
    }

    /// <summary>Gets the JSON text of the service tier, which Mistral writes into the usage object; empty when it is not there.</summary>
    public static ReadOnlySpan<byte> ServiceTierOf(ReadOnlySpan<byte> json) => RareMember(json, "service_tier", "\"service_tier\""u8);

    private static TokenUsage Normalize(ReadOnlySpan<long?> counts)
    {
        long? input = counts[(int)Count.Input];
        long? output = counts[(int)Count.Output];
        long? total = counts[(int)Count.Total];
        long? reasoning = counts[(int)Count.Reasoning];
        long? audio = counts[(int)Count.InputAudio];

        // xAI counts reasoning outside completion_tokens, and so do some gateways before Gemini: the total, or a part that would be
        // larger than its whole, gives them away.
        bool isReasoningOutside = reasoning > 0 && ((total is not null && total == input + output + reasoning) || reasoning > output);

        // Mistral counts audio outside prompt_tokens: recorded 9 and 375 of audio, 248, in all 632.
        bool isAudioOutside = audio > 0 && total is not null && total == input + output + audio;
        return new TokenUsage
        {
            InputTokens = isAudioOutside ? input + audio : input,
            CachedInputTokens = counts[(int)Count.Cached],
            CacheWriteTokens = counts[(int)Count.CacheWrite],
            CacheWrite5mTokens = counts[(int)Count.CacheWrite5m],
            CacheWrite1hTokens = counts[(int)Count.CacheWrite1h],
            OutputTokens = isReasoningOutside ? output + reasoning : output,
            ReasoningTokens = reasoning,
            InputAudioTokens = audio,
            InputImageTokens = counts[(int)Count.InputImage],
            OutputAudioTokens = counts[(int)Count.OutputAudio],
            OutputImageTokens = counts[(int)Count.OutputImage],
            AcceptedPredictionTokens = counts[(int)Count.Accepted],
            RejectedPredictionTokens = counts[(int)Count.Rejected],
            TotalTokens = total,
            ServerToolRequests = Larger(counts[(int)Count.ToolCalls], counts[(int)Count.WebSearches]),
        };
    }

    // OpenRouter, "Server Tools": a web search is counted among the tool calls as well, unless it is one of the model's own provider.
    private static long? Larger(long? calls, long? searches) => calls >= searches || searches is null ? calls : searches;

    /// <summary>Gets the cost in dollars: a number with OpenRouter, the total among others with Perplexity.</summary>
    private static decimal? CostOf(ReadOnlySpan<byte> json)
    {
        ReadOnlySpan<byte> cost = RareMember(json, "cost", "\"cost\""u8);
        return JsonValue.GetAmount(cost is [(byte)'{', ..] ? JsonValue.Member(cost, "total_cost") : cost);
    }

    /// <summary>Gets a member that few usage objects have: the others are searched for it, and not read.</summary>
    private static ReadOnlySpan<byte> RareMember(ReadOnlySpan<byte> json, ReadOnlySpan<char> name, ReadOnlySpan<byte> written) =>
        json.IndexOf(written) < 0 ? default : JsonValue.Member(json, name);
}
