namespace UsageCapture.Exchanges;

/// <summary>How far a response is read whose caller has left.</summary>
/// <param name="Timeout">For how long; zero for not at all.</param>
/// <param name="Bytes">For how many bytes.</param>
/// <param name="Unfinished">Whether also when the server is still generating.</param>
internal readonly record struct DrainLimits(TimeSpan Timeout, int Bytes, bool Unfinished);
