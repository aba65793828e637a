using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Json;

using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>What one of Anthropic's messages used, put together from all usage objects that report it.</summary>
/// <remarks>
/// A stream reports its input when it starts and its output when it stops, and as the later counts are cumulative, some of the first
/// come again: a count takes the place of the one before, and stays where a report leaves it out or says null. Nothing is added up.
/// </remarks>
internal sealed class AnthropicUsage
{
    private static readonly JsonCounts Reader = new(
        "input_tokens",
        "cache_read_input_tokens",
        "cache_creation_input_tokens",
        "cache_creation.ephemeral_5m_input_tokens",
        "cache_creation.ephemeral_1h_input_tokens",
        "output_tokens",
        "output_tokens_details.thinking_tokens",
        "server_tool_use.web_search_requests",
        "server_tool_use.web_fetch_requests",
        "server_tool_use.code_execution_requests",
        "server_tool_use.tool_search_requests");

    private Counts _counts;

    /// <summary>Gets the counts in their normal meaning.</summary>
    public TokenUsage Usage => _counts.Normalize();

    /// <summary>Gets the inferences that the reports list, from the last report that has a list.</summary>
    public IReadOnlyList<UsageIteration> Iterations { get; private set; } = [];

    /// <summary>Gets what was odd about the reports themselves; what is odd among the counts, <see cref="Usage"/> knows.</summary>
    public UsageAnomalies Anomalies { get; private set; }

    /// <summary>Gets whether the last report has a count of the output.</summary>
    public bool LastStatesOutput { get; private set; }

    /// <summary>Takes a report that begins the message, also when another one did before: proxies that try again say so twice.</summary>
    /// <param name="json">A JSON value, as it stood under the name of usage.</param>
    /// <returns>False when the value holds no count that is known: null, an empty object, something else.</returns>
    public bool TryStart(ReadOnlySpan<byte> json) => TryRead(json, default);

    /// <summary>Takes a report that goes on from those before it.</summary>
    /// <param name="json">A JSON value, as it stood under the name of usage.</param>
    /// <returns>False when the value holds no count that is known: null, an empty object, something else.</returns>
    public bool TryMerge(ReadOnlySpan<byte> json) => TryRead(json, _counts);

    private bool TryRead(ReadOnlySpan<byte> json, Counts before)
    {
        Counts report = default;
        bool isObject = Reader.TryRead(json, report, out UsageAnomalies anomalies);
        Anomalies |= anomalies;
        if (!isObject || !report.HasTokens)
        {
            return false;
        }

        LastStatesOutput = report[Counts.Output] is not null;
        before.Replace(report);
        if (before.Prompt == 0 && _counts.Prompt > 0)
        {
            // No generation is without input: zeros do not undo what was counted.
            before.ReplacePrompt(_counts);
            Anomalies |= UsageAnomalies.AllZeroUsage;
        }

        _counts = before;
        if (json.IndexOf("\"iterations\""u8) >= 0)
        {
            try
            {
                ReadIterations(json);
            }
            catch (InvalidOperationException) // A name that is no text, such as half a surrogate pair.
            {
                Anomalies |= UsageAnomalies.UndecodableEvent;
            }
        }

        return true;
    }

    /// <summary>Reads the list of inferences, and says of each whether the counts beside the list include it.</summary>
    /// <remarks>
    /// By the reference of the API's <c>usage.iterations</c>, the counts include what is of type <c>message</c>, and not what is of
    /// type <c>compaction</c> or <c>advisor_message</c>. With a <c>fallback_message</c>, which ends an answer that another model gave
    /// after the first declined, they are those of the model that answered. A type that is not known is taken to be left out, so
    /// that the record says that there is more.
    /// </remarks>
    private void ReadIterations(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        using var usage = JsonDocument.ParseValue(ref reader);
        if (!usage.RootElement.TryGetProperty("iterations", out JsonElement list) || list.ValueKind != JsonValueKind.Array)
        {
            return;
        }

        List<UsageIteration> iterations = [];
        foreach (JsonElement element in list.EnumerateArray())
        {
            Counts counts = default;
            if (Reader.TryRead(JsonMarshal.GetRawUtf8Value(element), counts, out UsageAnomalies anomalies))
            {
                iterations.Add(new UsageIteration
                {
                    Type = Text(element, "type") ?? "",
                    Model = Text(element, "model"),
                    Usage = counts.Normalize(),
                    IsInTotal = false,
                });
            }

            Anomalies |= anomalies;
        }

        UsageIteration? fallback = iterations.FindLast(iteration => iteration.Type == "fallback_message");
        Iterations = [.. iterations.Select(iteration => iteration with
        {
            IsInTotal = fallback is null
                ? iteration.Type == "message"
                : iteration == fallback || (iteration.Type == "message" && iteration.Model is not null && iteration.Model == fallback.Model),
        })];
        Anomalies &= ~UsageAnomalies.IterationsOutsideTotal;
        Anomalies |= Iterations.All(iteration => iteration.IsInTotal) ? UsageAnomalies.None : UsageAnomalies.IterationsOutsideTotal;
    }

    private static string? Text(JsonElement iteration, string name) =>
        iteration.TryGetProperty(name, out JsonElement text) ? JsonValue.GetText(JsonMarshal.GetRawUtf8Value(text), maxLength: 256) : null;

    /// <summary>The counts of one report or of several, in the order in which <see cref="Reader"/> reads them.</summary>
    [InlineArray(Length)]
    private struct Counts
    {
        public const int Output = 5;

        private const int Input = 0;
        private const int CacheRead = 1;
        private const int CacheWrite = 2;
        private const int CacheWrite5m = 3;
        private const int CacheWrite1h = 4;
        private const int Thinking = 6;
        private const int FirstServerTool = 7;
        private const int Length = 11;

        private long? _first;

        /// <summary>Gets whether there is a count of tokens; the rest says something only beside one.</summary>
        public readonly bool HasTokens =>
            this[Input] is not null || this[Output] is not null || this[CacheRead] is not null || this[CacheWrite] is not null;

        /// <summary>Gets the whole input: Anthropic leaves what went through the cache out of input_tokens. Null when it is unknown.</summary>
        public readonly long? Prompt => this[Input] + (this[CacheRead] ?? 0) + (Written ?? 0);

        private readonly long? Written => this[CacheWrite] ?? JsonCounts.Sum(this[CacheWrite5m..(CacheWrite1h + 1)]);

        public void Replace(in Counts later)
        {
            for (int i = 0; i < Length; i++)
            {
                this[i] = later[i] ?? this[i];
            }
        }

        public void ReplacePrompt(in Counts other) => other[..Output].CopyTo(this[..Output]);

        public readonly TokenUsage Normalize() => new()
        {
            InputTokens = Prompt,
            CachedInputTokens = this[CacheRead],
            CacheWriteTokens = Written,
            CacheWrite5mTokens = this[CacheWrite5m],
            CacheWrite1hTokens = this[CacheWrite1h],
            OutputTokens = this[Output],
            ReasoningTokens = this[Thinking],
            ServerToolRequests = JsonCounts.Sum(this[FirstServerTool..]),
        };
    }
}
