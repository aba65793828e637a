namespace UsageCapture.Tests.Decoding.EventStream;

/// <summary>A stream of three messages as literal bytes: a metadata event, an empty message, and the metadata event again.</summary>
internal static class EventStreamVector
{
    private const string MetadataPayload =
        """{"metrics":{"latencyMs":412},"usage":{"inputTokens":7,"outputTokens":3,"totalTokens":10}}""";

    public static byte[] Empty { get; } = Convert.FromHexString("000000100000000005c248eb7d98c8ff");

    public static byte[] Metadata { get; } = Convert.FromHexString(
        "000000b70000004e56a167fa0b3a6576656e742d747970650700086d65746164617461"
        + "0d3a636f6e74656e742d747970650700106170706c69636174696f6e2f6a736f6e"
        + "0d3a6d6573736167652d747970650700056576656e74"
        + "7b226d657472696373223a7b226c6174656e63794d73223a3431327d2c227573616765223a7b22696e707574546f6b656e73223a372c"
        + "226f7574707574546f6b656e73223a332c22746f74616c546f6b656e73223a31307d7d57ceeef6");

    public static byte[] Bytes { get; } = [.. Metadata, .. Empty, .. Metadata];

    public static IReadOnlyList<DecodedMessage> Messages { get; } =
    [
        new(MetadataPayload, MessageType: "event"),
        new(""),
        new(MetadataPayload, MessageType: "event"),
    ];
}
