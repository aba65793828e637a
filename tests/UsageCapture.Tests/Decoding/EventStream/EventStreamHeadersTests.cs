namespace UsageCapture.Tests.Decoding.EventStream;

/// <summary>The headers that tell an event from an error are read. The next message is read even if the headers are malformed.</summary>
public sealed class EventStreamHeadersTests
{
    [Fact]
    public void Message_Exception_HasItsType()
    {
        byte[] headers =
        [
            .. EventStreamMessage.Header(":exception-type", "throttlingException"),
            .. EventStreamMessage.Header(":message-type", "exception"),
        ];

        AssertRead(
            new DecodedMessage("{}", MessageType: "exception", ExceptionType: "throttlingException"),
            new EventStreamMessage(headers, "{}"u8.ToArray()));
    }

    [Fact]
    public void Message_Error_HasItsCode()
    {
        byte[] headers =
        [
            .. EventStreamMessage.Header(":message-type", "error"),
            .. EventStreamMessage.Header(":error-code", "InternalError"),
        ];

        AssertRead(new DecodedMessage("", MessageType: "error", ErrorCode: "InternalError"), new EventStreamMessage(headers, []));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(63, 63)]
    [InlineData(64, 64)]
    [InlineData(65, 64)]
    [InlineData(1000, 64)]
    public void HeaderValue_LongerThanTheLimit_IsCutOff(int length, int kept) => AssertRead(
        new DecodedMessage("", ExceptionType: new string('a', kept)),
        new EventStreamMessage(EventStreamMessage.Header(":exception-type", new string('a', length)), []));

    [Theory]
    [InlineData("ff")] // The name is longer than the block.
    [InlineData("0b3a6576656e742d74797065")] // The type is missing.
    [InlineData("016e070005656667")] // The value is longer than the block.
    [InlineData("016e06ffff656667")]
    [InlineData("016e0700")] // The value length is cut in half.
    [InlineData("016e0500")]
    [InlineData("016e0a")] // Unknown types.
    [InlineData("016eff00000000")]
    public void Headers_Malformed_AreDiscardedAndThePayloadIsRead(string malformed)
    {
        byte[] headers = [.. EventStreamMessage.Header(":message-type", "event"), .. Convert.FromHexString(malformed)];

        AssertRead(new DecodedMessage("{}"), new EventStreamMessage(headers, "{}"u8.ToArray()));
    }

    [Fact]
    public void Headers_AfterAMalformedOne_AreNotRead()
    {
        byte[] headers = [1, (byte)'n', 10, .. EventStreamMessage.Header(":message-type", "event")];

        AssertRead(new DecodedMessage("{}"), new EventStreamMessage(headers, "{}"u8.ToArray()));
    }

    /// <summary>Asserts that a message and the one after it are read, cut into pieces of any length.</summary>
    private static void AssertRead(DecodedMessage expected, EventStreamMessage written)
    {
        byte[] stream = [.. written.ToBytes(), .. EventStreamVector.Empty];
        for (int length = 1; length <= stream.Length; length++)
        {
            Assert.Equal([expected, new DecodedMessage("")], EventStreamReading.Decode(stream, length, out _));
        }
    }
}
