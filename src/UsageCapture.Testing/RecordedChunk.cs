namespace UsageCapture.Testing;

/// <summary>A piece of a recorded body, as it arrived.</summary>
/// <param name="Length">How many bytes it has.</param>
/// <param name="DelayMs">How many milliseconds passed before it came. Replays wait for it only where they are given a clock.</param>
public readonly record struct RecordedChunk(int Length, double DelayMs = 0);
