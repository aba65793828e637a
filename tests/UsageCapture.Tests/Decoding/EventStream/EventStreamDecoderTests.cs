using System.Text;
using System.Text.Json;

using FsCheck;
using FsCheck.Fluent;

using UsageCapture.Decoding;

namespace UsageCapture.Tests.Decoding.EventStream;

/// <summary>The decoder reads the messages that were written, wherever the input is cut.</summary>
public sealed class EventStreamDecoderTests
{
    public static TheoryData<string> Recordings =>
    [
        .. CorpusCase.Ids("bedrock-converse-stream").Concat(CorpusCase.Ids("bedrock-invoke"))
            .Where(id => CorpusCase.Load(id).Framing == "aws-eventstream"),
    ];

    [Fact]
    public void Messages_OfARandomStreamCutAnywhere_AreRead() =>
        Prop.ForAll(AnyEventStream.Messages.ToArbitrary(), Gen.Choose(1, 60).ToArbitrary(), (messages, length) =>
        {
            byte[] stream = AnyEventStream.Join(messages);

            Assert.Equal(messages.Select(message => message.Expected), EventStreamReading.Decode(stream, length, out EventStreamDecoder decoder));
            Assert.False(decoder.IsBroken);
            Assert.False(decoder.HasOpenMessage);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(5_000));

    [Fact]
    public void Messages_WithRandomHeaderBytes_AreReadByTheirLength() =>
        Prop.ForAll(AnyEventStream.Bytes(0, 60).ToArbitrary(), Gen.Choose(1, 60).ToArbitrary(), (headers, length) =>
        {
            byte[] stream = [.. new EventStreamMessage(headers, "{}"u8.ToArray()).ToBytes(), .. EventStreamVector.Bytes];

            List<DecodedMessage> messages = EventStreamReading.Decode(stream, length, out _);

            Assert.Equal("{}", messages[0].Payload);
            Assert.Equal(EventStreamVector.Messages, messages.Skip(1));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(5_000));

    [Fact]
    public void Vectors_CutInPiecesOfAnyLength_AreRead()
    {
        for (int length = 1; length <= EventStreamVector.Bytes.Length; length++)
        {
            Assert.Equal(EventStreamVector.Messages, EventStreamReading.Decode(EventStreamVector.Bytes, length, out _));
        }
    }

    [Fact]
    public void Vectors_CutInTwoAtAnyPlace_AreRead()
    {
        for (int cut = 0; cut <= EventStreamVector.Bytes.Length; cut++)
        {
            var decoder = new EventStreamDecoder();
            var reading = new EventStreamReading();
            reading.Read(decoder, EventStreamVector.Bytes.AsSpan(0, cut));
            reading.Read(decoder, EventStreamVector.Bytes.AsSpan(cut));
            Assert.Equal(EventStreamVector.Messages, reading.Messages);
        }
    }

    [Fact]
    public void Message_AsLargeAsTheLimits_IsRead()
    {
        byte[] first = EventStreamMessage.Header("n", 6, new byte[ushort.MaxValue]);
        byte[] last = EventStreamMessage.Header(":message-type", "event");
        byte[] rest = EventStreamMessage.Header("n", 6, new byte[(128 * 1024) - first.Length - last.Length - 5]);
        byte[] headers = [.. first, .. rest, .. last];
        byte[] message = new EventStreamMessage(headers, new byte[24 * 1024 * 1024]).ToBytes();
        var decoder = new EventStreamDecoder();
        ReadOnlySpan<byte> bytes = message;

        Assert.Equal(128 * 1024, headers.Length);
        Assert.True(decoder.TryRead(ref bytes, out EventStreamElement element, out ReadOnlySpan<byte> data));
        Assert.Equal(EventStreamElement.Payload, element);
        Assert.Equal(24 * 1024 * 1024, data.Length);
        Assert.True(decoder.TryRead(ref bytes, out element, out _));
        Assert.Equal(EventStreamElement.EndOfMessage, element);
        Assert.Equal("event"u8, decoder.Headers.MessageType);
    }

    [Fact]
    public void Messages_AnyNumber_AllocateNothing()
    {
        var decoder = new EventStreamDecoder();
        ReadAll(decoder);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
        {
            ReadAll(decoder);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(Recordings))]
    public void Messages_OfARecordedStream_AreCompleteAndHoldJson(string id)
    {
        CorpusCase recorded = CorpusCase.Load(id);
        foreach (int length in (int[])[1, 7, 1024, int.MaxValue])
        {
            List<DecodedMessage> messages = EventStreamReading.Decode(recorded.Body, length, out EventStreamDecoder decoder);

            Assert.Equal(recorded.Documents, messages.Count);
            Assert.False(decoder.IsBroken);
            Assert.False(decoder.HasOpenMessage);
            Assert.All(messages, message =>
            {
                Assert.False(message.IsDamaged);
                Assert.NotEmpty(message.MessageType);
                Assert.Equal(message.MessageType != "event", (message.ExceptionType + message.ErrorCode).Length > 0);
                using var document = JsonDocument.Parse(Encoding.Latin1.GetBytes(message.Payload));
                Assert.Equal(JsonValueKind.Object, document.RootElement.ValueKind);
            });
        }
    }

    private static void ReadAll(EventStreamDecoder decoder)
    {
        ReadOnlySpan<byte> bytes = EventStreamVector.Bytes;
        while (decoder.TryRead(ref bytes, out _, out _))
        {
        }
    }
}
