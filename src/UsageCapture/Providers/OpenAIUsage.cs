using System.Text.Json;

using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>Reads the usage object of OpenAI's chat completions, in every dialect of it.</summary>
internal static class OpenAIUsage
{
    /// <summary>Reads the counts.</summary>
    /// <param name="json">A JSON value, as it stood under the name of usage.</param>
    /// <param name="usage">The counts in their normal meaning.</param>
    /// <param name="anomalies">What was odd about them.</param>
    /// <returns>False when the value holds no count that is known: null, an empty object, something else.</returns>
    public static bool TryRead(ReadOnlySpan<byte> json, out TokenUsage usage, out UsageAnomalies anomalies)
    {
        usage = default;
        anomalies = UsageAnomalies.None;
        if (json.IsEmpty || json[0] != (byte)'{')
        {
            return false;
        }

        var counts = default(Counts);
        try
        {
            var reader = new Utf8JsonReader(json);
            reader.Read();
            counts.ReadMembers(ref reader, Part.Whole);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            anomalies = UsageAnomalies.UndecodableEvent;
            return false;
        }

        anomalies = counts.Anomalies;
        if (counts.Input is null && counts.Output is null && counts.Total is null)
        {
            return false;
        }

        usage = counts.Normalize();
        return true;
    }

    /// <summary>The object in whose members a count stands.</summary>
    private enum Part
    {
        Whole,
        Input,
        Output,
    }

    private struct Counts
    {
        public long? Input;
        public long? Output;
        public long? Total;
        public UsageAnomalies Anomalies;
        private long? _reasoning;
        private long? _cached;
        private long? _cachedBeside;
        private long? _cacheWrite;
        private long? _inputAudio;
        private long? _inputImage;
        private long? _outputAudio;
        private long? _accepted;
        private long? _rejected;

        public void ReadMembers(ref Utf8JsonReader reader, Part part)
        {
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                switch (part)
                {
                    case Part.Input:
                        ReadInputDetail(ref reader);
                        break;
                    case Part.Output:
                        ReadOutputDetail(ref reader);
                        break;
                    default:
                        ReadWhole(ref reader);
                        break;
                }
            }
        }

        public readonly TokenUsage Normalize()
        {
            // xAI counts reasoning outside completion_tokens, and so do some gateways before Gemini: the total, or a part that
            // would be larger than its whole, gives them away.
            bool isReasoningOutside = _reasoning > 0
                && ((Total is not null && Total == Input + Output + _reasoning) || _reasoning > Output);
            return new TokenUsage
            {
                InputTokens = Input,
                CachedInputTokens = _cached ?? _cachedBeside,
                CacheWriteTokens = _cacheWrite,
                OutputTokens = isReasoningOutside ? Output + _reasoning : Output,
                ReasoningTokens = _reasoning,
                InputAudioTokens = _inputAudio,
                InputImageTokens = _inputImage,
                OutputAudioTokens = _outputAudio,
                AcceptedPredictionTokens = _accepted,
                RejectedPredictionTokens = _rejected,
                TotalTokens = Total,
            };
        }

        private void ReadWhole(ref Utf8JsonReader reader)
        {
            if (reader.ValueTextEquals("prompt_tokens"u8))
            {
                ReadCount(ref reader, ref Input);
            }
            else if (reader.ValueTextEquals("completion_tokens"u8))
            {
                ReadCount(ref reader, ref Output);
            }
            else if (reader.ValueTextEquals("total_tokens"u8))
            {
                ReadCount(ref reader, ref Total);
            }
            else if (reader.ValueTextEquals("prompt_tokens_details"u8) || reader.ValueTextEquals("prompt_token_details"u8))
            {
                ReadDetails(ref reader, Part.Input);
            }
            else if (reader.ValueTextEquals("completion_tokens_details"u8))
            {
                ReadDetails(ref reader, Part.Output);
            }
            else if (reader.ValueTextEquals("reasoning_tokens"u8))
            {
                ReadCount(ref reader, ref _reasoning); // SGLang
            }
            else if (reader.ValueTextEquals("prompt_cache_hit_tokens"u8) // DeepSeek
                || reader.ValueTextEquals("cached_tokens"u8) // Moonshot
                || reader.ValueTextEquals("num_cached_tokens"u8)) // Mistral
            {
                ReadCount(ref reader, ref _cachedBeside);
            }
            else
            {
                reader.Skip();
            }
        }

        private void ReadInputDetail(ref Utf8JsonReader reader)
        {
            if (reader.ValueTextEquals("cached_tokens"u8))
            {
                ReadCount(ref reader, ref _cached);
            }
            else if (reader.ValueTextEquals("cache_write_tokens"u8) // OpenAI, OpenRouter
                || reader.ValueTextEquals("cache_creation_input_tokens"u8)) // DashScope
            {
                ReadCount(ref reader, ref _cacheWrite);
            }
            else if (reader.ValueTextEquals("audio_tokens"u8))
            {
                ReadCount(ref reader, ref _inputAudio);
            }
            else if (reader.ValueTextEquals("image_tokens"u8))
            {
                ReadCount(ref reader, ref _inputImage);
            }
            else
            {
                reader.Skip();
            }
        }

        private void ReadOutputDetail(ref Utf8JsonReader reader)
        {
            if (reader.ValueTextEquals("reasoning_tokens"u8))
            {
                ReadCount(ref reader, ref _reasoning);
            }
            else if (reader.ValueTextEquals("audio_tokens"u8))
            {
                ReadCount(ref reader, ref _outputAudio);
            }
            else if (reader.ValueTextEquals("accepted_prediction_tokens"u8))
            {
                ReadCount(ref reader, ref _accepted);
            }
            else if (reader.ValueTextEquals("rejected_prediction_tokens"u8))
            {
                ReadCount(ref reader, ref _rejected);
            }
            else
            {
                reader.Skip();
            }
        }

        private void ReadDetails(ref Utf8JsonReader reader, Part part)
        {
            reader.Read();
            if (reader.TokenType == JsonTokenType.StartObject)
            {
                ReadMembers(ref reader, part);
            }
            else
            {
                reader.Skip();
            }
        }

        /// <summary>Reads a count. Null leaves what is known; what is no count is left out and flagged.</summary>
        private void ReadCount(ref Utf8JsonReader reader, ref long? count)
        {
            reader.Read();
            if (reader.TokenType == JsonTokenType.Null)
            {
                return;
            }

            if (JsonValue.TryGetCount(ref reader, out long value))
            {
                count = value;
            }
            else
            {
                Anomalies |= UsageAnomalies.InvalidCount;
                reader.Skip();
            }
        }
    }
}
