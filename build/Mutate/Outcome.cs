namespace UsageCapture.Mutate;

/// <summary>What became of a mutant.</summary>
internal enum Outcome
{
    /// <summary>A test failed, or the process ended.</summary>
    Killed,

    /// <summary>The tests took much longer than without the mutant.</summary>
    TimedOut,

    /// <summary>All tests that were run passed.</summary>
    Survived,

    /// <summary>No test reaches it.</summary>
    NotCovered,
}
