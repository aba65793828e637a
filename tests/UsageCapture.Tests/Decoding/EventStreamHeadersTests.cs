namespace UsageCapture.Tests.Decoding;

/// <summary>The headers that tell what a message is are read, and whatever the headers are, the message behind them is too.</summary>
public sealed class EventStreamHeadersTests
{
    [Fact]
    public void Message_OfAnException_SaysWhichOne()
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
    public void Message_OfAnError_SaysWhichOne()
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
    public void HeaderValue_LongerThanIsKept_IsCutOff(int length, int kept) => AssertRead(
        new DecodedMessage("", EventType: new string('a', kept)),
        new EventStreamMessage(EventStreamMessage.Header(":event-type", new string('a', length)), []));

    [Theory]
    [InlineData("ff")] // A name longer than what is there.
    [InlineData("0b3a6576656e742d74797065")] // No type.
    [InlineData("016e070005656667")] // A value longer than what is there.
    [InlineData("016e06ffff656667")]
    [InlineData("016e0700")] // Half a length.
    [InlineData("016e0500")]
    [InlineData("016e0a")] // Types that do not exist.
    [InlineData("016eff00000000")]
    public void Headers_ThatAreMalformed_AreUnknownAndTheMessageIsPassedOver(string malformed)
    {
        byte[] headers = [.. EventStreamMessage.Header(":event-type", "metadata"), .. Convert.FromHexString(malformed)];

        AssertRead(new DecodedMessage("{}"), new EventStreamMessage(headers, "{}"u8.ToArray()));
    }

    [Fact]
    public void Headers_BehindAMalformedOne_AreNotRead()
    {
        byte[] headers = [1, (byte)'n', 10, .. EventStreamMessage.Header(":event-type", "metadata")];

        AssertRead(new DecodedMessage("{}"), new EventStreamMessage(headers, "{}"u8.ToArray()));
    }

    /// <summary>Asserts that a message is read, and the one behind it as well.</summary>
    private static void AssertRead(DecodedMessage expected, EventStreamMessage written)
    {
        byte[] stream = [.. written.ToBytes(), .. EventStreamVector.Empty];
        for (int length = 1; length <= stream.Length; length++)
        {
            Assert.Equal([expected, new DecodedMessage("")], EventStreamReading.Decode(stream, length, out _));
        }
    }
}
