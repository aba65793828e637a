using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>
/// Reads the usage object of OpenAI's APIs. Other servers of these APIs have their own names for some counts, which are read too.
/// </summary>
internal static class OpenAIUsage
{
    // The names (JSON paths) of each count. A comment names the server that uses the name; a name without a comment is OpenAI's own. When a server
    // sends several names of one count, they have the same number, so they are not added up.
    private static readonly (string Path, Count Count)[] Names =
    [
        ("prompt_tokens", Count.Input),
        ("input_tokens", Count.Input), // OpenAI's Responses, images and audio
        ("completion_tokens", Count.Output),
        ("output_tokens", Count.Output),
        ("total_tokens", Count.Total),
        ("completion_tokens_details.reasoning_tokens", Count.Reasoning),
        ("output_tokens_details.reasoning_tokens", Count.Reasoning),
        ("completion_token_details.reasoning_tokens", Count.Reasoning), // Writer
        ("output_token_details.reasoning_tokens", Count.Reasoning), // OpenAI's Realtime
        ("reasoning_tokens", Count.Reasoning), // SGLang, Perplexity
        ("prompt_tokens_details.cached_tokens", Count.CachedInput),
        ("input_tokens_details.cached_tokens", Count.CachedInput),
        ("prompt_token_details.cached_tokens", Count.CachedInput), // Mistral
        ("prompt_cache_hit_tokens", Count.CachedInput), // DeepSeek
        ("cached_tokens", Count.CachedInput), // Moonshot
        ("num_cached_tokens", Count.CachedInput), // Mistral
        ("input_tokens_details.cache_read_input_tokens", Count.CachedInput), // Perplexity's agents
        ("cache_read_input_tokens", Count.CachedInput), // LiteLLM in front of Anthropic
        ("prompt_tokens_details.cache_write_tokens", Count.CacheWrite),
        ("input_tokens_details.cache_write_tokens", Count.CacheWrite),
        ("prompt_token_details.cache_write_tokens", Count.CacheWrite), // Servers that write the details in the singular
        ("input_token_details.cache_write_tokens", Count.CacheWrite), // OpenAI's Realtime
        ("prompt_tokens_details.cache_creation_input_tokens", Count.CacheWrite), // DashScope
        ("input_tokens_details.cache_creation_input_tokens", Count.CacheWrite), // Perplexity's agents
        ("prompt_tokens_details.cache_creation_tokens", Count.CacheWrite), // LiteLLM in front of Anthropic
        ("cache_creation_input_tokens", Count.CacheWrite), // LiteLLM in front of Anthropic
        ("prompt_tokens_details.cache_creation_token_details.ephemeral_5m_input_tokens", Count.CacheWrite5m), // LiteLLM
        ("prompt_tokens_details.cache_creation_token_details.ephemeral_1h_input_tokens", Count.CacheWrite1h), // LiteLLM
        ("prompt_tokens_details.audio_tokens", Count.InputAudio),
        ("input_tokens_details.audio_tokens", Count.InputAudio),
        ("input_token_details.audio_tokens", Count.InputAudio), // OpenAI's transcriptions
        ("prompt_token_details.audio_tokens", Count.InputAudio), // Mistral
        ("prompt_tokens_details.image_tokens", Count.InputImage),
        ("prompt_token_details.image_tokens", Count.InputImage),
        ("input_token_details.image_tokens", Count.InputImage), // OpenAI's Realtime
        ("input_token_details.cached_tokens", Count.CachedInput), // OpenAI's Realtime
        ("prompt_tokens_details.cached_tokens_details.audio_tokens", Count.CachedInputAudio),
        ("input_tokens_details.cached_tokens_details.audio_tokens", Count.CachedInputAudio),
        ("input_token_details.cached_tokens_details.audio_tokens", Count.CachedInputAudio), // OpenAI's Realtime
        ("prompt_tokens_details.cached_tokens_details.image_tokens", Count.CachedInputImage),
        ("input_tokens_details.cached_tokens_details.image_tokens", Count.CachedInputImage),
        ("input_token_details.cached_tokens_details.image_tokens", Count.CachedInputImage), // OpenAI's Realtime
        ("output_token_details.audio_tokens", Count.OutputAudio), // OpenAI's Realtime
        ("input_tokens_details.image_tokens", Count.InputImage),
        ("completion_tokens_details.audio_tokens", Count.OutputAudio),
        ("output_tokens_details.audio_tokens", Count.OutputAudio),
        ("completion_tokens_details.image_tokens", Count.OutputImage),
        ("output_tokens_details.image_tokens", Count.OutputImage),
        ("completion_token_details.audio_tokens", Count.OutputAudio),
        ("completion_token_details.image_tokens", Count.OutputImage),
        ("output_token_details.image_tokens", Count.OutputImage), // OpenAI's Realtime
        ("completion_tokens_details.accepted_prediction_tokens", Count.AcceptedPrediction),
        ("completion_tokens_details.rejected_prediction_tokens", Count.RejectedPrediction),
        ("num_server_side_tools_used", Count.ToolCalls), // xAI
        ("num_search_queries", Count.ToolCalls), // Perplexity
        ("server_tool_use_details.tool_calls_executed", Count.ToolCalls), // OpenRouter
        ("server_tool_use.tool_calls_executed", Count.ToolCalls), // OpenRouter
        ("server_tool_use_details.web_search_requests", Count.WebSearches), // OpenRouter
        ("server_tool_use.web_search_requests", Count.WebSearches), // OpenRouter, LiteLLM
        ("cost_in_usd_ticks", Count.CostTicks), // xAI
        ("citation_tokens", Count.Citations), // Perplexity's deep research
    ];

    private static readonly CountReader<Count> Reader = new(Names);

    // Dividing xAI's "ticks" by this gives dollars. xAI does not document the unit. With this one, the costs of recorded responses equal
    // xAI's list prices to the last digit.
    private const decimal TicksPerDollar = 10_000_000_000m;

    // Reasoning of at least this many times the output is not a part of it. In recorded responses, an estimate of a part is at most 1.4 times.
    private const long MinExcludedReasoningRatio = 3;

    private enum Count
    {
        Input,
        Output,
        Total,
        Reasoning,
        CachedInput,
        CacheWrite,
        CacheWrite5m,
        CacheWrite1h,
        InputAudio,
        InputImage,
        CachedInputAudio,
        CachedInputImage,
        OutputAudio,
        OutputImage,

        /// <summary>The tokens of the caller's predicted output that the model used.</summary>
        AcceptedPrediction,

        /// <summary>The tokens of the caller's predicted output that the model did not use.</summary>
        RejectedPrediction,

        /// <summary>Calls of tools that the server runs. Not tokens.</summary>
        ToolCalls,

        /// <summary>Web searches that the server runs. Not tokens.</summary>
        WebSearches,

        /// <summary>The cost in xAI's unit. Not tokens.</summary>
        CostTicks,

        /// <summary>The tokens of cited sources. Only Perplexity's deep research reports them.</summary>
        Citations,
    }

    /// <summary>Reads the counts.</summary>
    /// <param name="json">The JSON text of the usage object; empty when the document has none.</param>
    /// <param name="outputIsTotalMinusInput">
    /// Whether the output is the total without the input. At Google's own endpoint, <c>completion_tokens</c> excludes thoughts, and the total
    /// includes them.
    /// </param>
    /// <param name="outputExcludesReasoning">Whether the output is known to exclude reasoning, as that of Perplexity's deep research.</param>
    /// <returns>
    /// No counts when the value, such as null or an empty object, has neither input, output or total tokens nor a cost. A cost of zero does
    /// not count: free models and servers without prices have it too.
    /// </returns>
    public static UsageReading Read(ReadOnlySpan<byte> json, bool outputIsTotalMinusInput = false, bool outputExcludesReasoning = false)
    {
        UsageCounts<Count> counts = Reader.Read(json);
        if (!counts.IsObject)
        {
            return new UsageReading(Usage: null, counts.Anomalies);
        }

        TokenUsage usage = WithAudioOnlyInTotal(Normalize(counts, ReadCost(json), outputIsTotalMinusInput, outputExcludesReasoning), json);
        bool hasTokens = usage.InputTokens is not null || usage.OutputTokens is not null || usage.TotalTokens is not null;
        return new UsageReading(hasTokens || usage.ReportedCost > 0 ? usage : null, counts.Anomalies);
    }

    /// <summary>Gets the service tier, which Mistral reports inside the usage object.</summary>
    /// <param name="json">The JSON text of the usage object.</param>
    /// <returns>The JSON text of the tier; empty when the object has none.</returns>
    public static ReadOnlySpan<byte> GetServiceTier(ReadOnlySpan<byte> json) => GetRareMember(json, "service_tier", "\"service_tier\""u8);

    /// <summary>Gets whether the output excludes reasoning.</summary>
    /// <remarks>
    /// Reasoning above the output is no proof: some gateways estimate it with another tokenizer, and report up to 1.38 times the output that
    /// includes it. What shows it is a total that has reasoning as a third part (xAI, gateways in front of Gemini), the counts of
    /// Perplexity's deep research, or reasoning that is too large for an estimate. With an unknown count, a comparison is false.
    /// </remarks>
    private static bool OutputExcludesReasoning(in UsageCounts<Count> counts)
    {
        long? reasoning = counts[Count.Reasoning];
        long? output = counts[Count.Output];
        long? total = counts[Count.Total];
        bool totalAddsReasoning = total is not null && total == counts[Count.Input] + output + reasoning;
        bool isDeepResearch = counts[Count.Citations] is not null;
        bool isTooLargeForEstimate = reasoning >= output * MinExcludedReasoningRatio;
        return totalAddsReasoning || isDeepResearch || isTooLargeForEstimate;
    }

    /// <summary>
    /// Converts the counts to <see cref="TokenUsage"/>, where the input includes audio and the output includes reasoning.
    /// </summary>
    private static TokenUsage Normalize(
        in UsageCounts<Count> counts, decimal? cost, bool outputIsTotalMinusInput, bool outputExcludesReasoning)
    {
        long? input = counts[Count.Input];
        long? output = counts[Count.Output];
        long? total = counts[Count.Total];
        long? reasoning = counts[Count.Reasoning];
        long? audio = counts[Count.InputAudio];

        // A sum with an unknown part is null, and a comparison with null is false, so unknown counts change nothing here.
        if (outputIsTotalMinusInput && total > input + output)
        {
            output = total - input;
        }
        else if (reasoning > 0 && (outputExcludesReasoning || OutputExcludesReasoning(counts)))
        {
            output += reasoning;
        }

        // Mistral excludes audio from prompt_tokens. A recorded response has 9 prompt tokens, 375 audio tokens, 248 completion tokens,
        // and a total of 632, which is their sum. No known server excludes both audio and reasoning, so that sum is not looked for.
        bool inputExcludesAudio = audio > 0 && total is not null && total == input + counts[Count.Output] + audio;
        return new TokenUsage
        {
            InputTokens = inputExcludesAudio ? input + audio : input,
            CachedInputTokens = counts[Count.CachedInput],
            CacheWriteTokens = counts[Count.CacheWrite],
            CacheWrite5mTokens = counts[Count.CacheWrite5m],
            CacheWrite1hTokens = counts[Count.CacheWrite1h],
            OutputTokens = output,
            ReasoningTokens = reasoning,
            InputAudioTokens = audio,
            InputImageTokens = counts[Count.InputImage],
            CachedInputAudioTokens = counts[Count.CachedInputAudio],
            CachedInputImageTokens = counts[Count.CachedInputImage],
            OutputAudioTokens = counts[Count.OutputAudio],
            OutputImageTokens = counts[Count.OutputImage],
            AcceptedPredictionTokens = counts[Count.AcceptedPrediction],
            RejectedPredictionTokens = counts[Count.RejectedPrediction],
            TotalTokens = total,
            ServerToolRequests = GetServerToolRequests(counts[Count.ToolCalls], counts[Count.WebSearches]),
            ReportedCost = cost ?? (counts[Count.CostTicks] / TicksPerDollar),
        };
    }

    /// <summary>Adds the audio that Mistral's older responses count in the total only. They report its seconds beside the counts.</summary>
    private static TokenUsage WithAudioOnlyInTotal(TokenUsage usage, ReadOnlySpan<byte> json)
    {
        bool totalExceedsSum = usage.TotalTokens > usage.InputTokens + usage.OutputTokens; // False when a count is unknown.
        if (!totalExceedsSum || usage.InputAudioTokens > 0
            || JsonValue.GetAmount(GetRareMember(json, "prompt_audio_seconds", "\"prompt_audio_seconds\""u8)) is not > 0)
        {
            return usage;
        }

        long? audio = usage.TotalTokens - usage.InputTokens - usage.OutputTokens;
        return usage with { InputTokens = usage.InputTokens + audio, InputAudioTokens = audio };
    }

    // OpenRouter's tool calls include its own web searches, but not those of the model's provider (OpenRouter, "Server Tools"). Adding the
    // two counts would count some searches twice, so the larger one is used.
    private static long? GetServerToolRequests(long? toolCalls, long? webSearches)
    {
        bool useToolCalls = webSearches is null || toolCalls >= webSearches;
        return useToolCalls ? toolCalls : webSearches;
    }

    /// <summary>
    /// Reads the cost in dollars. OpenRouter sends a number, and Perplexity an object whose <c>total_cost</c> is the sum.
    /// </summary>
    private static decimal? ReadCost(ReadOnlySpan<byte> json)
    {
        ReadOnlySpan<byte> cost = GetRareMember(json, "cost", "\"cost\""u8);
        return JsonValue.GetAmount(cost is [(byte)'{', ..] ? JsonValue.FindMember(cost, "total_cost") : cost);
    }

    /// <summary>
    /// Gets the JSON text of a member that few usage objects have. Searching for the quoted name is faster than reading the object.
    /// </summary>
    /// <returns>Empty when the object does not have the member.</returns>
    private static ReadOnlySpan<byte> GetRareMember(ReadOnlySpan<byte> json, ReadOnlySpan<char> name, ReadOnlySpan<byte> quotedName) =>
        json.IndexOf(quotedName) < 0 ? default : JsonValue.FindMember(json, name);
}
