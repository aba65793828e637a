using UsageCapture.Testing.SyntheticStreams;
using UsageCapture.TestSupport;

namespace UsageCapture.Benchmarks.Bodies;

/// <summary>A response's body as a server would send it, and the usage that it reports.</summary>
internal sealed record Body
{
    public required byte[] Bytes { get; init; }

    /// <summary>Gets where each event ends; empty for a body that is one document.</summary>
    public int[] EventEnds { get; init; } = [];

    public required UsagePlace Place { get; init; }

    public required Tokens Expected { get; init; }

    /// <summary>Gets the body without its coding; null when it has none.</summary>
    public byte[]? Inflated { get; init; }

    public bool IsEventStream => EventEnds.Length > 0;

    public bool IsGzip => Inflated is not null;

    /// <summary>Gets how many events there are, or KiB of a body that is one document: what costs are reported for.</summary>
    public double Units => IsEventStream ? EventEnds.Length : Bytes.Length / 1024.0;

    /// <summary>Gets the length of what a parser has to look at.</summary>
    public int PlainLength => Inflated?.Length ?? Bytes.Length;

    /// <summary>Makes the body of a stream of events.</summary>
    public static Body Of(ServerSentEventWriter events, UsagePlace place, Tokens expected)
    {
        byte[] bytes = events.ToArray();
        return new Body { Bytes = bytes, EventEnds = [.. Events.Bounds(bytes).Skip(1)], Place = place, Expected = expected };
    }
}
