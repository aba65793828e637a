using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>Merges the usage objects of one of Anthropic's messages.</summary>
/// <remarks>
/// A message in one piece has one usage object: call <see cref="Update"/>. A stream has one at its start and others later: call
/// <see cref="Start"/> and then <see cref="Update"/> for each. The later counts are cumulative, so a count replaces the earlier one, and
/// a count that is missing or null leaves it. Nothing is added up.
/// </remarks>
internal sealed class AnthropicUsage
{
    private static readonly AnthropicCount[] InputCounts =
    [
        AnthropicCount.Input, AnthropicCount.CacheRead, AnthropicCount.CacheWrite, AnthropicCount.CacheWrite5m, AnthropicCount.CacheWrite1h,
    ];

    private UsageCounts<AnthropicCount> _counts;
    private UsageAnomalies _anomalies;

    // False while the output is the placeholder of a stream's start.
    private bool _outputIsKnown;

    /// <summary>Gets the inferences that the last usage object with a list of them has; empty when none has.</summary>
    public IReadOnlyList<UsageIteration> Iterations { get; private set; } = [];

    /// <summary>Gets whether the input is unknown, or the output is unknown or a placeholder.</summary>
    public bool IsIncomplete => !_outputIsKnown || AnthropicCounts.GetInput(_counts) is null;

    /// <summary>Reads the usage object that begins a stream. Proxies that try again send a second one, which starts anew.</summary>
    /// <param name="json">The JSON text of the usage object; empty when there is none.</param>
    /// <returns>The counts; none when the object has no count that is known.</returns>
    public UsageReading Start(ReadOnlySpan<byte> json) => Merge(json, isStart: true);

    /// <summary>Reads a usage object that continues those before it.</summary>
    /// <inheritdoc cref="Start"/>
    public UsageReading Update(ReadOnlySpan<byte> json) => Merge(json, isStart: false);

    private UsageReading Merge(ReadOnlySpan<byte> json, bool isStart)
    {
        if (json.IsEmpty)
        {
            return default;
        }

        UsageCounts<AnthropicCount> report = AnthropicCounts.Read(json);
        _anomalies |= report.Anomalies;
        if (!AnthropicCounts.HasTokens(report))
        {
            return new UsageReading(null, _anomalies);
        }

        _outputIsKnown = !isStart && (_outputIsKnown || report[AnthropicCount.Output] is not null);
        _counts = KeepInput(isStart ? report : report.WithMissingFrom(_counts));
        ReadIterations(json);
        return new UsageReading(AnthropicCounts.Normalize(_counts), _anomalies);
    }

    /// <summary>Replaces an input of zero by the input that was known before, because every generation has input.</summary>
    private UsageCounts<AnthropicCount> KeepInput(UsageCounts<AnthropicCount> counts)
    {
        if (AnthropicCounts.GetInput(counts) == 0 && AnthropicCounts.GetInput(_counts) > 0)
        {
            _anomalies |= UsageAnomalies.AllZeroUsage;
            foreach (AnthropicCount count in InputCounts)
            {
                counts[count] = _counts[count];
            }
        }

        return counts;
    }

    private void ReadIterations(ReadOnlySpan<byte> json)
    {
        // Few usage objects have a list. A search is cheaper than reading the members of all others.
        ReadOnlySpan<byte> list = json.IndexOf("\"iterations\""u8) < 0 ? default : JsonValue.Member(json, "iterations");
        if (list is not [(byte)'[', ..])
        {
            return;
        }

        (Iterations, UsageAnomalies anomalies) = AnthropicIterations.Read(list);
        _anomalies = (_anomalies & ~UsageAnomalies.IterationsOutsideTotal) | anomalies;
    }
}
