using System.Text.Json.Serialization;

using UsageCapture.Testing.Files;

namespace UsageCapture.Testing;

/// <summary>One chunk of a recorded body. A single read of a replayed response never returns bytes of two chunks.</summary>
public readonly record struct RecordedChunk
{
    /// <summary>Gets the length in bytes, at least 1.</summary>
    public required int Length { get; init; }

    /// <summary>Gets the time between the previous chunk and this one.</summary>
    /// <value>
    /// The default is zero. A replay waits for this time only if it has a clock, see <see cref="ReplayHandler.TimeProvider"/>. The file holds
    /// the delay in milliseconds, as <c>delay_ms</c>.
    /// </value>
    [JsonPropertyName("delay_ms")]
    [JsonConverter(typeof(MillisecondsConverter))]
    public TimeSpan Delay { get; init; }
}
