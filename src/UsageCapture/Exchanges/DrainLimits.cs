namespace UsageCapture.Exchanges;

/// <summary>How far a response is read after its caller has left.</summary>
/// <param name="Timeout">The longest time; zero switches draining off.</param>
/// <param name="Bytes">The most bytes.</param>
/// <param name="Unfinished">Whether a response is also drained while the server is still generating.</param>
internal readonly record struct DrainLimits(TimeSpan Timeout, int Bytes, bool Unfinished);
