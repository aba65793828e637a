using UsageCapture.Testing;

namespace UsageCapture.Tests.Cutting;

/// <summary>AWS event streams that go on after the event that ends them.</summary>
internal static class EventStreamBodies
{
    private const string EventStream = "application/vnd.amazon.eventstream";
    private const string Converse = "https://bedrock-runtime.us-east-1.amazonaws.com/model/m/converse-stream";

    private static readonly Recording Stream = Recordings.Get("bedrock-converse-stream");
    private static readonly byte[] Whole = Stream.Body.ToArray();
    private static readonly byte[] Metadata = Stream.GetEvents()[^1].ToArray();
    private static readonly byte[] WithoutMetadata = Whole[..^Metadata.Length];
    private static readonly byte[] OtherMetadata = Recordings.Get("bedrock-converse-stream-cached").GetEvents()[^1].ToArray();
    private static readonly byte[] OtherStream = Recordings.Get("bedrock-converse-stream-cached").Body.ToArray();
    private static readonly byte[] Fault = Recordings.Get("bedrock-converse-stream-exception").GetEvents()[^1].ToArray();
    private static readonly byte[] Damaged = [.. OtherMetadata[..^1], (byte)(OtherMetadata[^1] ^ 1)];

    public static IEnumerable<NamedBody> All =>
    [
        Ended("metadata, then other metadata", OtherMetadata),
        Ended("metadata, then an exception", Fault),
        Ended("metadata, then an event with a wrong checksum", Damaged),
        Ended("metadata, then bytes that are no event", [0xFF, 0xFF, 0xFF, 0xFF, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]),
        Ended("metadata, then a truncated event", OtherMetadata[..^5]),
        Ended("metadata, then one byte", [0]),
        Ended("metadata, then another stream", OtherStream),
        Open("an exception, then metadata twice", [.. WithoutMetadata, .. Fault, .. Metadata, .. OtherMetadata]),
        Open("a damaged event, then metadata twice", [.. WithoutMetadata, .. Damaged, .. Metadata, .. OtherMetadata]),
        Open("no metadata, then another stream twice", [.. WithoutMetadata, .. OtherStream, .. Whole]),
    ];

    private static NamedBody Ended(string name, byte[] rest) => NamedBody.Ended("Converse: " + name, Converse, EventStream, Whole, rest, input: 21);

    private static NamedBody Open(string name, byte[] body) => NamedBody.Open("Converse: " + name, Converse, EventStream, body);
}
