using System.Text;

using FsCheck;
using FsCheck.Fluent;

using UsageCapture.Decoding;

namespace UsageCapture.Tests.Decoding.EventStream;

/// <summary>The checksum equals that of zlib, wherever the input is cut.</summary>
public sealed class Crc32Tests
{
    [Theory]
    [InlineData("", 0x00000000)]
    [InlineData("a", 0xE8B7BE43)]
    [InlineData("abc", 0x352441C2)]
    [InlineData("123456789", 0xCBF43926)]
    [InlineData("The quick brown fox jumps over the lazy dog", 0x414FA339)]
    public void Value_OfAKnownText_IsItsChecksum(string text, uint expected) =>
        Assert.Equal(expected, Checksum(Encoding.ASCII.GetBytes(text), int.MaxValue));

    [Fact]
    public void Value_OfRandomBytesCutAnywhere_EqualsZlib() =>
        Prop.ForAll(Bytes(200).ToArbitrary(), Gen.Choose(1, 30).ToArbitrary(), (bytes, length) =>
            Assert.Equal(GzipChecksum.Of(bytes), Checksum(bytes, length))).Check(Config.QuickThrowOnFailure.WithMaxTest(10_000));

    [Fact]
    public void Value_OfBytesCutInTwo_IsThatOfTheWhole()
    {
        byte[] bytes = [.. Enumerable.Range(0, 300).Select(i => (byte)(i * 7))];
        uint expected = GzipChecksum.Of(bytes);
        for (int cut = 0; cut <= bytes.Length; cut++)
        {
            var crc = default(Crc32);
            crc.Append(bytes.AsSpan(0, cut));
            Assert.Equal(GzipChecksum.Of(bytes.AsSpan(0, cut)), crc.Value);
            crc.Append(bytes.AsSpan(cut));
            Assert.Equal(expected, crc.Value);
        }
    }

    [Fact]
    public void Value_OfAMegabyte_EqualsZlib()
    {
        byte[] bytes = new byte[1_000_003];
        new Random(1).NextBytes(bytes);

        Assert.Equal(GzipChecksum.Of(bytes), Checksum(bytes, 4099));
    }

    private static Gen<byte[]> Bytes(int maxLength) =>
        from length in Gen.Choose(0, maxLength)
        from bytes in Gen.ArrayOf(Gen.Choose(0, 255), length)
        select Array.ConvertAll(bytes, value => (byte)value);

    private static uint Checksum(ReadOnlySpan<byte> bytes, int length)
    {
        var crc = default(Crc32);
        while (!bytes.IsEmpty)
        {
            ReadOnlySpan<byte> piece = bytes[..Math.Min(length, bytes.Length)];
            crc.Append(piece);
            bytes = bytes[piece.Length..];
        }

        return crc.Value;
    }
}
