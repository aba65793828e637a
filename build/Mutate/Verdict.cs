namespace UsageCapture.Mutate;

/// <summary>What became of a mutant, and what tells it.</summary>
/// <param name="Outcome">What became of it.</param>
/// <param name="Detail">The test that failed, or how many tests were run.</param>
internal readonly record struct Verdict(Outcome Outcome, string Detail);
