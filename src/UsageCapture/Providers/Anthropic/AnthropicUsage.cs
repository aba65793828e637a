using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>Merges the usage objects of one message of Anthropic's API.</summary>
/// <remarks>
/// A stream has a usage object in <c>message_start</c>: call <see cref="ReadStart"/>. Its output is a placeholder. Later, <c>message_delta</c>
/// has another one, and some servers send several of them. A message that is not streamed has one in its body. Call
/// <see cref="ReadBodyOrDelta"/> for each of these. The counts are running totals: a later count replaces the earlier one, and a count that
/// is missing or null keeps it. Nothing is added up.
/// </remarks>
internal sealed class AnthropicUsage
{
    // The counts that make up the input, and the two parts of CacheWrite. Each of them is kept on its own; they are not added up here.
    private static readonly AnthropicCount[] InputCounts =
    [
        AnthropicCount.Input, AnthropicCount.CacheRead, AnthropicCount.CacheWrite, AnthropicCount.CacheWrite5m, AnthropicCount.CacheWrite1h,
    ];

    private UsageCounts<AnthropicCount> _counts;

    // Collects the anomalies of every usage object of the message, including a start that a second start replaced.
    private UsageAnomalies _anomalies;

    // False before the output is reported, and while it is the placeholder from the start of a stream.
    private bool _outputIsKnown;

    /// <summary>
    /// Gets the iterations (the single runs of a model) of the last usage object that has such a list; empty when none has. A second start
    /// without a list does not clear it.
    /// </summary>
    public IReadOnlyList<UsageIteration> Iterations { get; private set; } = [];

    /// <summary>Gets whether the input is unknown, or the output is unknown or a placeholder.</summary>
    public bool IsIncomplete => !_outputIsKnown || AnthropicUsageObject.GetInput(_counts) is null;

    /// <summary>
    /// Reads the usage object of <c>message_start</c>. A proxy that retries the request sends a second start, which replaces the first,
    /// except that zeros do not replace a known input.
    /// </summary>
    /// <param name="json">The JSON text of the usage object; empty when there is none.</param>
    /// <returns>The merged counts; no counts when this object has no count of tokens.</returns>
    public UsageReading ReadStart(ReadOnlySpan<byte> json) => Merge(json, isStart: true);

    /// <summary>Reads the usage object of <c>message_delta</c>, or of the body of a message that is not streamed.</summary>
    /// <inheritdoc cref="ReadStart"/>
    public UsageReading ReadBodyOrDelta(ReadOnlySpan<byte> json) => Merge(json, isStart: false);

    private UsageReading Merge(ReadOnlySpan<byte> json, bool isStart)
    {
        if (json.IsEmpty)
        {
            return default; // Most events have no usage object. They add no anomaly.
        }

        UsageCounts<AnthropicCount> current = AnthropicUsageObject.Read(json);
        _anomalies |= current.Anomalies;
        if (current.IsObject)
        {
            ReadIterations(json);
        }

        if (!AnthropicUsageObject.HasTokens(current))
        {
            return new UsageReading(Usage: null, _anomalies);
        }

        _outputIsKnown = !isStart && (_outputIsKnown || current[AnthropicCount.Output] is not null);
        _counts = KeepKnownInput(isStart ? current : current.WithMissingFrom(_counts), isStart);
        return new UsageReading(AnthropicUsageObject.Normalize(_counts), _anomalies);
    }

    /// <summary>Keeps the known parts of the input that a server replaces by zero, when the whole input becomes smaller by that.</summary>
    /// <remarks>
    /// Some servers send zero in place of a part that they do not repeat. Zero is right when another part grows instead, for example when the
    /// whole prompt was read from the cache. A second start may have less input than the first, but it cannot have none.
    /// </remarks>
    private UsageCounts<AnthropicCount> KeepKnownInput(UsageCounts<AnthropicCount> counts, bool isStart)
    {
        long? input = AnthropicUsageObject.GetInput(counts);
        bool hasLostInput = isStart ? input == 0 : input < AnthropicUsageObject.GetInput(_counts);
        if (hasLostInput)
        {
            foreach (AnthropicCount count in InputCounts)
            {
                if (counts[count] == 0 && _counts[count] > 0)
                {
                    counts[count] = _counts[count];
                    _anomalies |= UsageAnomalies.AllZeroUsage; // The flag also tells of a single zero that did not replace a count.
                }
            }
        }

        return counts;
    }

    private void ReadIterations(ReadOnlySpan<byte> json)
    {
        // Few usage objects have a list. Searching for its name is cheaper than reading the members of all of them.
        ReadOnlySpan<byte> list = json.IndexOf("\"iterations\""u8) < 0 ? default : JsonValue.FindMember(json, "iterations");
        if (list is not [(byte)'[', ..])
        {
            return;
        }

        (Iterations, UsageAnomalies anomalies) = AnthropicIterations.Read(list);
        _anomalies |= anomalies;
    }
}
