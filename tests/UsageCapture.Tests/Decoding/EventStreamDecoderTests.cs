using System.Text;
using System.Text.Json;

using FsCheck;
using FsCheck.Fluent;

using UsageCapture.Decoding;

namespace UsageCapture.Tests.Decoding;

/// <summary>The push decoder reads what was written, wherever its input is cut, and damage never goes unnoticed.</summary>
public sealed class EventStreamDecoderTests
{
    private const string EmptyMessage = "000000100000000005c248eb7d98c8ff";

    private const string MetadataMessage =
        "000000b70000004e56a167fa0b3a6576656e742d747970650700086d65746164617461"
        + "0d3a636f6e74656e742d747970650700106170706c69636174696f6e2f6a736f6e"
        + "0d3a6d6573736167652d747970650700056576656e74"
        + "7b226d657472696373223a7b226c6174656e63794d73223a3431327d2c227573616765223a7b22696e707574546f6b656e73223a372c"
        + "226f7574707574546f6b656e73223a332c22746f74616c546f6b656e73223a31307d7d57ceeef6";

    private const string MetadataPayload =
        """{"metrics":{"latencyMs":412},"usage":{"inputTokens":7,"outputTokens":3,"totalTokens":10}}""";

    private static readonly byte[] Vector = Convert.FromHexString(MetadataMessage + EmptyMessage + MetadataMessage);

    private static readonly Message[] VectorMessages =
    [
        new(MetadataPayload, MessageType: "event", EventType: "metadata"),
        new(""),
        new(MetadataPayload, MessageType: "event", EventType: "metadata"),
    ];

    private static readonly Gen<(string Name, byte Type, byte[] Value)> AnyHeader =
        from name in Gen.Elements(
            ":message-type", ":event-type", ":exception-type", ":error-code",
            ":event-typ", ":event-type-", ":Event-Type", ":exception-type-", ":content-type", "é", "", new string('n', 255))
        from type in Gen.Frequency((5, Gen.Constant(7)), (5, Gen.Choose(0, 9)))
        from value in type switch
        {
            0 or 1 => Bytes(0, 0),
            2 => Bytes(1, 1),
            3 => Bytes(2, 2),
            4 => Bytes(4, 4),
            5 or 8 => Bytes(8, 8),
            9 => Bytes(16, 16),
            _ => Bytes(0, 90),
        }
        select (name, (byte)type, value);

    // What is written, and what is to be read.
    private static readonly Gen<(byte[] Written, Message Expected)> AnyMessage =
        from count in Gen.Choose(0, 6)
        from headers in Gen.ArrayOf(AnyHeader, count)
        from payload in Bytes(0, 200)
        select (
            new EventStreamMessage(
                [.. headers.SelectMany(header => EventStreamMessage.Header(header.Name, header.Type, header.Value))], payload).ToBytes(),
            new Message(
                Text(payload),
                Kept(headers, ":message-type"),
                Kept(headers, ":event-type"),
                Kept(headers, ":exception-type"),
                Kept(headers, ":error-code")));

    private static readonly Gen<(byte[] Written, Message Expected)[]> Streams =
        from count in Gen.Choose(1, 5) from messages in Gen.ArrayOf(AnyMessage, count) select messages;

    // Somewhere in a stream, modulo its length.
    private static readonly Gen<int> Places = Gen.Choose(0, 1_000_000);

    public static TheoryData<string> Recordings =>
    [
        .. CorpusCase.Ids("bedrock-converse-stream").Concat(CorpusCase.Ids("bedrock-invoke"))
            .Where(id => CorpusCase.Load(id).Framing == "aws-eventstream"),
    ];

    [Fact]
    public void Messages_OfAnyStreamCutAnywhere_AreThoseWritten() =>
        Prop.ForAll(Streams.ToArbitrary(), Gen.Choose(1, 60).ToArbitrary(), (messages, length) =>
        {
            byte[] stream = Join(messages);

            Assert.Equal(messages.Select(message => message.Expected), Decode(stream, length, out EventStreamDecoder decoder));
            Assert.False(decoder.IsBroken);
            Assert.False(decoder.HasOpenMessage);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(5_000));

    [Fact]
    public void Messages_OfAStreamWithAFlippedBit_AreRightUpToItAndTheDamageIsNoticed() =>
        Prop.ForAll(Streams.ToArbitrary(), Places.ToArbitrary(), Gen.Choose(1, 60).ToArbitrary(), (messages, place, length) =>
        {
            byte[] stream = Join(messages);
            int bit = place % (stream.Length * 8);
            stream[bit / 8] ^= (byte)(1 << (bit % 8));

            AssertNoticed(messages, bit / 8, Decode(stream, length, out EventStreamDecoder decoder), decoder);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(5_000));

    [Fact]
    public void Messages_OfATruncatedStream_AreThoseThatAreWhole() =>
        Prop.ForAll(Streams.ToArbitrary(), Places.ToArbitrary(), Gen.Choose(1, 60).ToArbitrary(), (messages, place, length) =>
        {
            byte[] stream = Join(messages);
            int end = place % stream.Length;
            int whole = MessageAt(messages, end, out int offset);

            List<Message> read = Decode(stream.AsSpan(0, end), length, out EventStreamDecoder decoder);

            Assert.Equal(messages.Take(whole).Select(message => message.Expected), read);
            Assert.Equal(offset > 0, decoder.HasOpenMessage);
            Assert.False(decoder.IsBroken);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(5_000));

    [Fact]
    public void Messages_WithHeadersOfAnyBytes_ArePassedOverByTheirLength() =>
        Prop.ForAll(Bytes(0, 60).ToArbitrary(), Gen.Choose(1, 60).ToArbitrary(), (headers, length) =>
        {
            byte[] stream = [.. new EventStreamMessage(headers, "{}"u8.ToArray()).ToBytes(), .. Vector];

            List<Message> messages = Decode(stream, length, out _);

            Assert.Equal("{}", messages[0].Payload);
            Assert.Equal(VectorMessages, messages.Skip(1));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(5_000));

    [Fact]
    public void Bytes_OfAnyKind_DoNotThrow() =>
        Prop.ForAll(Bytes(0, 300).ToArbitrary(), Gen.Choose(1, 60).ToArbitrary(), (bytes, length) => Decode(bytes, length, out _))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));

    [Fact]
    public void Vectors_CutInPiecesOfAnyLength_AreRead()
    {
        for (int length = 1; length <= Vector.Length; length++)
        {
            Assert.Equal(VectorMessages, Decode(Vector, length, out _));
        }
    }

    [Fact]
    public void Vectors_CutInTwoAtAnyPlace_AreRead()
    {
        for (int cut = 0; cut <= Vector.Length; cut++)
        {
            var decoder = new EventStreamDecoder();
            var reading = new Reading();
            reading.Read(decoder, Vector.AsSpan(0, cut));
            reading.Read(decoder, Vector.AsSpan(cut));
            Assert.Equal(VectorMessages, reading.Messages);
        }
    }

    [Fact]
    public void Vectors_WithAnyBitFlipped_AreRightUpToItAndTheDamageIsNoticed()
    {
        (byte[] Written, Message Expected)[] messages =
        [
            (Convert.FromHexString(MetadataMessage), VectorMessages[0]),
            (Convert.FromHexString(EmptyMessage), VectorMessages[1]),
            (Convert.FromHexString(MetadataMessage), VectorMessages[2]),
        ];
        for (int bit = 0; bit < Vector.Length * 8; bit++)
        {
            byte[] stream = [.. Vector];
            stream[bit / 8] ^= (byte)(1 << (bit % 8));
            AssertNoticed(messages, bit / 8, Decode(stream, 50, out EventStreamDecoder decoder), decoder);
        }
    }

    [Fact]
    public void Message_OfAnException_SaysWhichOne()
    {
        byte[] headers =
        [
            .. EventStreamMessage.Header(":exception-type", "throttlingException"),
            .. EventStreamMessage.Header(":message-type", "exception"),
        ];

        AssertRead(
            new Message("{}", MessageType: "exception", ExceptionType: "throttlingException"),
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

        AssertRead(new Message("", MessageType: "error", ErrorCode: "InternalError"), new EventStreamMessage(headers, []));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(63, 63)]
    [InlineData(64, 64)]
    [InlineData(65, 64)]
    [InlineData(1000, 64)]
    public void HeaderValue_LongerThanIsKept_IsCutOff(int length, int kept) => AssertRead(
        new Message("", EventType: new string('a', kept)),
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

        AssertRead(new Message("{}"), new EventStreamMessage(headers, "{}"u8.ToArray()));
    }

    [Fact]
    public void Headers_BehindAMalformedOne_AreNotRead()
    {
        byte[] headers = [1, (byte)'n', 10, .. EventStreamMessage.Header(":event-type", "metadata")];

        AssertRead(new Message("{}"), new EventStreamMessage(headers, "{}"u8.ToArray()));
    }

    [Fact]
    public void Message_AsLargeAsTheLimits_IsRead()
    {
        byte[] first = EventStreamMessage.Header("n", 6, new byte[ushort.MaxValue]);
        byte[] last = EventStreamMessage.Header(":event-type", "chunk");
        byte[] rest = EventStreamMessage.Header("n", 6, new byte[(128 * 1024) - first.Length - last.Length - 5]);
        byte[] headers = [.. first, .. rest, .. last];
        byte[] message = new EventStreamMessage(headers, new byte[24 * 1024 * 1024]).ToBytes();
        var decoder = new EventStreamDecoder();
        ReadOnlySpan<byte> bytes = message;

        Assert.Equal(128 * 1024, headers.Length);
        Assert.True(decoder.TryRead(ref bytes, out EventStreamToken token, out ReadOnlySpan<byte> data));
        Assert.Equal(EventStreamToken.Payload, token);
        Assert.Equal(24 * 1024 * 1024, data.Length);
        Assert.True(decoder.TryRead(ref bytes, out token, out _));
        Assert.Equal(EventStreamToken.EndOfMessage, token);
        Assert.Equal("chunk"u8, decoder.Headers.EventType);
    }

    [Theory]
    [InlineData(16 + (24 * 1024 * 1024) + 1, 0)]
    [InlineData(16 + (128 * 1024) + 1, (128 * 1024) + 1)]
    [InlineData(15, 0)]
    [InlineData(0, 0)]
    [InlineData(26, 11)]
    [InlineData(uint.MaxValue, 0)]
    [InlineData(uint.MaxValue, uint.MaxValue)]
    [InlineData(16, uint.MaxValue)]
    [InlineData(16, uint.MaxValue - 15)]
    public void Prelude_WhoseLengthsMakeNoSense_BreaksTheStream(uint length, uint headersLength)
    {
        byte[] stream = [.. Vector, .. EventStreamMessage.Prelude(length, headersLength), .. Vector];

        Assert.Equal(VectorMessages, Decode(stream, 50, out EventStreamDecoder decoder));
        Assert.True(decoder.IsBroken);
        Assert.False(decoder.HasOpenMessage);
    }

    [Fact]
    public void Messages_HoweverMany_AllocateNothing()
    {
        var decoder = new EventStreamDecoder();
        Pass(decoder);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
        {
            Pass(decoder);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(Recordings))]
    public void Messages_OfARealService_AreWholeAndHoldJson(string id)
    {
        CorpusCase recorded = CorpusCase.Load(id);
        foreach (int length in (int[])[1, 7, 1024, int.MaxValue])
        {
            List<Message> messages = Decode(recorded.Body, length, out EventStreamDecoder decoder);

            Assert.Equal(recorded.Documents, messages.Count);
            Assert.False(decoder.IsBroken);
            Assert.False(decoder.HasOpenMessage);
            Assert.All(messages, message =>
            {
                Assert.False(message.IsDamaged);
                Assert.NotEmpty(message.MessageType);
                Assert.NotEmpty(message.EventType + message.ExceptionType + message.ErrorCode);
                using var document = JsonDocument.Parse(Encoding.Latin1.GetBytes(message.Payload));
                Assert.Equal(JsonValueKind.Object, document.RootElement.ValueKind);
            });
        }
    }

    private static Gen<byte[]> Bytes(int least, int most) =>
        from length in Gen.Choose(least, most)
        from bytes in Gen.ArrayOf(Gen.Choose(0, 255), length)
        select Array.ConvertAll(bytes, value => (byte)value);

    // Every byte is a character, so that any bytes can be compared as text.
    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);

    private static string Kept((string Name, byte Type, byte[] Value)[] headers, string name) =>
        Text(headers.LastOrDefault(header => header.Name == name && header.Type == 7).Value?.Take(EventStreamHeaders.MaxValue).ToArray());

    private static byte[] Join((byte[] Written, Message Expected)[] messages) => [.. messages.SelectMany(message => message.Written)];

    /// <summary>Finds the message that the byte at that place belongs to.</summary>
    private static int MessageAt((byte[] Written, Message Expected)[] messages, int position, out int offset)
    {
        int index = 0;
        offset = position;
        while (offset >= messages[index].Written.Length)
        {
            offset -= messages[index].Written.Length;
            index++;
        }

        return index;
    }

    private static void AssertNoticed(
        (byte[] Written, Message Expected)[] written, int damagedAt, List<Message> read, EventStreamDecoder decoder)
    {
        const int PreludeSize = 12;
        int damaged = MessageAt(written, damagedAt, out int offset);
        Assert.Equal(written.Take(damaged).Select(message => message.Expected), read.Take(damaged));
        Assert.Equal(offset < PreludeSize, decoder.IsBroken);
        if (decoder.IsBroken)
        {
            Assert.Equal(damaged, read.Count);
        }
        else
        {
            Assert.Equal(written.Length, read.Count);
            Assert.True(read[damaged].IsDamaged);
            Assert.Equal(written.Skip(damaged + 1).Select(message => message.Expected), read.Skip(damaged + 1));
        }
    }

    /// <summary>Asserts that a message is read, and the one behind it as well.</summary>
    private static void AssertRead(Message expected, EventStreamMessage written)
    {
        byte[] stream = [.. written.ToBytes(), .. Convert.FromHexString(EmptyMessage)];
        for (int length = 1; length <= stream.Length; length++)
        {
            Assert.Equal([expected, new Message("")], Decode(stream, length, out _));
        }
    }

    private static void Pass(EventStreamDecoder decoder)
    {
        ReadOnlySpan<byte> bytes = Vector;
        while (decoder.TryRead(ref bytes, out _, out _))
        {
        }
    }

    private static List<Message> Decode(ReadOnlySpan<byte> bytes, int length, out EventStreamDecoder decoder)
    {
        decoder = new EventStreamDecoder();
        var reading = new Reading();
        while (!bytes.IsEmpty)
        {
            ReadOnlySpan<byte> piece = bytes[..Math.Min(length, bytes.Length)];
            reading.Read(decoder, piece);
            bytes = bytes[piece.Length..];
        }

        return reading.Messages;
    }

    private sealed record Message(
        string Payload,
        string MessageType = "",
        string EventType = "",
        string ExceptionType = "",
        string ErrorCode = "",
        bool IsDamaged = false);

    /// <summary>The messages that a decoder came upon.</summary>
    private sealed class Reading
    {
        private readonly StringBuilder _payload = new();
        private Message? _atFirstPiece;

        public List<Message> Messages { get; } = [];

        public void Read(EventStreamDecoder decoder, ReadOnlySpan<byte> bytes)
        {
            while (decoder.TryRead(ref bytes, out EventStreamToken token, out ReadOnlySpan<byte> data))
            {
                EventStreamHeaders headers = decoder.Headers;
                var message = new Message(
                    "", Text(headers.MessageType), Text(headers.EventType), Text(headers.ExceptionType), Text(headers.ErrorCode));
                _atFirstPiece ??= message;
                Assert.Equal(_atFirstPiece, message);
                if (token == EventStreamToken.Payload)
                {
                    Assert.False(data.IsEmpty);
                    _payload.Append(Text(data));
                    continue;
                }

                Messages.Add(message with { Payload = _payload.ToString(), IsDamaged = token == EventStreamToken.EndOfDamagedMessage });
                _payload.Clear();
                _atFirstPiece = null;
            }

            Assert.True(bytes.IsEmpty);
        }
    }
}
