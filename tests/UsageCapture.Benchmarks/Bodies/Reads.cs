namespace UsageCapture.Benchmarks.Bodies;

/// <summary>How much of a body one read yields.</summary>
/// <param name="Name">The name in the tables.</param>
/// <param name="Limit">The most bytes.</param>
/// <param name="StopAtEvent">Whether a read ends where an event ends.</param>
internal sealed record Reads(string Name, int Limit, bool StopAtEvent)
{
    /// <summary>The length of the buffer that bodies are read into: what Kestrel, YARP and SslStream have at hand.</summary>
    public const int BufferLength = 16 * 1024;

    /// <summary>What the OpenAI SDK reads at a time.</summary>
    public static Reads Small { get; } = new("1 KiB", 1024, StopAtEvent: false);

    public static Reads Large { get; } = new("16 KiB", BufferLength, StopAtEvent: false);

    /// <summary>What a network yields when the server flushes each event and the reader keeps up.</summary>
    public static Reads ByEvent { get; } = new("event", BufferLength, StopAtEvent: true);
}
