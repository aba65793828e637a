using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>Reads the usage object of OpenAI's APIs, in the dialects of all servers that speak them.</summary>
internal static class OpenAIUsage
{
    // The names of each count, with the server that uses them; without one it is OpenAI's own. A server that sends several names of one
    // count repeats the same number, so they are not added up.
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
        ("cache_read_input_tokens", Count.Cached), // LiteLLM in front of Anthropic
        ("prompt_tokens_details.cache_write_tokens", Count.CacheWrite),
        ("input_tokens_details.cache_write_tokens", Count.CacheWrite),
        ("prompt_tokens_details.cache_creation_input_tokens", Count.CacheWrite), // DashScope
        ("input_tokens_details.cache_creation_input_tokens", Count.CacheWrite), // Perplexity's agents
        ("prompt_tokens_details.cache_creation_tokens", Count.CacheWrite), // LiteLLM in front of Anthropic
        ("cache_creation_input_tokens", Count.CacheWrite), // LiteLLM in front of Anthropic
        ("prompt_tokens_details.cache_creation_token_details.ephemeral_5m_input_tokens", Count.CacheWrite5m), // LiteLLM in front of Anthropic
        ("prompt_tokens_details.cache_creation_token_details.ephemeral_1h_input_tokens", Count.CacheWrite1h), // LiteLLM in front of Anthropic
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

    private static readonly CountReader<Count> Reader = new(Names);

    // xAI. Calculated from recorded responses: with this unit, their costs are xAI's list prices to the last digit.
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
    /// <param name="json">The JSON text of the usage object; empty when the document has none.</param>
    /// <returns>No counts when the value has neither a known count of tokens nor a cost, as null and an empty object.</returns>
    public static UsageReading Read(ReadOnlySpan<byte> json)
    {
        UsageCounts<Count> counts = Reader.Read(json);
        if (!counts.IsObject)
        {
            return new UsageReading(Usage: null, counts.Anomalies);
        }

        TokenUsage usage = Normalize(counts, ReadCost(json));
        bool hasCounts = (usage.InputTokens ?? usage.OutputTokens ?? usage.TotalTokens) is not null || usage.ReportedCost > 0;
        return new UsageReading(hasCounts ? usage : null, counts.Anomalies);
    }

    /// <summary>Gets the JSON text of the service tier, which Mistral writes into the usage object; empty when it is not there.</summary>
    /// <param name="json">The JSON text of the usage object.</param>
    public static ReadOnlySpan<byte> GetServiceTier(ReadOnlySpan<byte> json) => GetRareMember(json, "service_tier", "\"service_tier\""u8);

    private static TokenUsage Normalize(in UsageCounts<Count> counts, decimal? cost)
    {
        long? input = counts[Count.Input];
        long? output = counts[Count.Output];
        long? total = counts[Count.Total];
        long? reasoning = counts[Count.Reasoning];
        long? audio = counts[Count.InputAudio];

        // xAI leaves reasoning out of completion_tokens, and so do some gateways in front of Gemini. Then the total includes reasoning
        // as a third part, or reasoning is larger than the output that should contain it.
        bool isReasoningOutside = reasoning > 0 && ((total is not null && total == input + output + reasoning) || reasoning > output);

        // Mistral leaves audio out of prompt_tokens. A recorded response has 9 prompt tokens, 375 audio tokens, 248 completion tokens,
        // and a total of 632.
        bool isAudioOutside = audio > 0 && total is not null && total == input + output + audio;
        return new TokenUsage
        {
            InputTokens = isAudioOutside ? input + audio : input,
            CachedInputTokens = counts[Count.Cached],
            CacheWriteTokens = counts[Count.CacheWrite],
            CacheWrite5mTokens = counts[Count.CacheWrite5m],
            CacheWrite1hTokens = counts[Count.CacheWrite1h],
            OutputTokens = isReasoningOutside ? output + reasoning : output,
            ReasoningTokens = reasoning,
            InputAudioTokens = audio,
            InputImageTokens = counts[Count.InputImage],
            OutputAudioTokens = counts[Count.OutputAudio],
            OutputImageTokens = counts[Count.OutputImage],
            AcceptedPredictionTokens = counts[Count.Accepted],
            RejectedPredictionTokens = counts[Count.Rejected],
            TotalTokens = total,
            ServerToolRequests = GetLarger(counts[Count.ToolCalls], counts[Count.WebSearches]),
            ReportedCost = cost ?? (counts[Count.CostTicks] / TicksPerDollar),
        };
    }

    // OpenRouter, "Server Tools": tool calls include web searches, except those that the model's own provider makes.
    private static long? GetLarger(long? calls, long? searches) => calls >= searches || searches is null ? calls : searches;

    /// <summary>Reads the cost in dollars. OpenRouter sends a number, Perplexity an object with the total among its parts.</summary>
    private static decimal? ReadCost(ReadOnlySpan<byte> json)
    {
        ReadOnlySpan<byte> cost = GetRareMember(json, "cost", "\"cost\""u8);
        return JsonValue.GetAmount(cost is [(byte)'{', ..] ? JsonValue.Member(cost, "total_cost") : cost);
    }

    /// <summary>Gets a member that few usage objects have. The search for its quoted name is faster than reading the object.</summary>
    private static ReadOnlySpan<byte> GetRareMember(ReadOnlySpan<byte> json, ReadOnlySpan<char> name, ReadOnlySpan<byte> quotedName) =>
        json.IndexOf(quotedName) < 0 ? default : JsonValue.Member(json, name);
}
