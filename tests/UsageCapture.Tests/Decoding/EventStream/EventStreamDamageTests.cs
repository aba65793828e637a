using FsCheck;
using FsCheck.Fluent;

using UsageCapture.Decoding;

namespace UsageCapture.Tests.Decoding.EventStream;

/// <summary>The messages before a damage are read, and the damage is always detected.</summary>
public sealed class EventStreamDamageTests
{
    // An offset in a stream, modulo the length of the stream.
    private static readonly Gen<int> Offsets = Gen.Choose(0, 1_000_000);

    [Fact]
    public void Messages_BeforeAFlippedBit_AreReadAndTheDamageIsDetected() =>
        Prop.ForAll(AnyEventStream.Messages.ToArbitrary(), Offsets.ToArbitrary(), Gen.Choose(1, 60).ToArbitrary(), (messages, place, length) =>
        {
            byte[] stream = AnyEventStream.Join(messages);
            int bit = place % (stream.Length * 8);
            stream[bit / 8] ^= (byte)(1 << (bit % 8));

            AssertDetected(messages, bit / 8, EventStreamReading.Decode(stream, length, out EventStreamDecoder decoder), decoder);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(5_000));

    [Fact]
    public void Messages_OfATruncatedStream_AreTheCompleteOnes() =>
        Prop.ForAll(AnyEventStream.Messages.ToArbitrary(), Offsets.ToArbitrary(), Gen.Choose(1, 60).ToArbitrary(), (messages, place, length) =>
        {
            byte[] stream = AnyEventStream.Join(messages);
            int end = place % stream.Length;
            int whole = MessageAt(messages, end, out int offset);

            List<DecodedMessage> read = EventStreamReading.Decode(stream.AsSpan(0, end), length, out EventStreamDecoder decoder);

            Assert.Equal(messages.Take(whole).Select(message => message.Expected), read);
            Assert.Equal(offset > 0, decoder.HasOpenMessage);
            Assert.False(decoder.IsBroken);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(5_000));

    [Fact]
    public void Vectors_BeforeAFlippedBit_AreReadAndTheDamageIsDetected()
    {
        (byte[] Written, DecodedMessage Expected)[] messages =
        [
            (EventStreamVector.Metadata, EventStreamVector.Messages[0]),
            (EventStreamVector.Empty, EventStreamVector.Messages[1]),
            (EventStreamVector.Metadata, EventStreamVector.Messages[2]),
        ];
        for (int bit = 0; bit < EventStreamVector.Bytes.Length * 8; bit++)
        {
            byte[] stream = [.. EventStreamVector.Bytes];
            stream[bit / 8] ^= (byte)(1 << (bit % 8));
            AssertDetected(messages, bit / 8, EventStreamReading.Decode(stream, 50, out EventStreamDecoder decoder), decoder);
        }
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
    public void Prelude_WithImpossibleLengths_BreaksTheStream(uint length, uint headersLength)
    {
        byte[] stream = [.. EventStreamVector.Bytes, .. EventStreamMessage.Prelude(length, headersLength), .. EventStreamVector.Bytes];

        Assert.Equal(EventStreamVector.Messages, EventStreamReading.Decode(stream, 50, out EventStreamDecoder decoder));
        Assert.True(decoder.IsBroken);
        Assert.False(decoder.HasOpenMessage);
    }

    [Fact]
    public void Bytes_Random_DoNotThrow() =>
        Prop.ForAll(AnyEventStream.Bytes(0, 300).ToArbitrary(), Gen.Choose(1, 60).ToArbitrary(), (bytes, length) =>
            EventStreamReading.Decode(bytes, length, out _)).Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));

    /// <summary>Finds the message that contains the byte at an offset.</summary>
    private static int MessageAt((byte[] Written, DecodedMessage Expected)[] messages, int position, out int offset)
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

    private static void AssertDetected(
        (byte[] Written, DecodedMessage Expected)[] written, int damagedAt, List<DecodedMessage> read, EventStreamDecoder decoder)
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
}
