using System.Buffers.Binary;
using System.Text;

namespace UsageCapture.Tests.Decoding.EventStream;

/// <summary>A message of an AWS event stream, to be written.</summary>
internal sealed record EventStreamMessage(byte[] Headers, byte[] Payload)
{
    /// <summary>A header of any type; those that have a length get theirs.</summary>
    public static byte[] Header(string name, byte type, params byte[] value)
    {
        byte[] length = type is 6 or 7 ? [(byte)(value.Length >> 8), (byte)value.Length] : [];
        byte[] bytes = Encoding.UTF8.GetBytes(name);
        return [(byte)bytes.Length, .. bytes, type, .. length, .. value];
    }

    /// <summary>A header whose value is a string.</summary>
    public static byte[] Header(string name, string value) => Header(name, 7, Encoding.UTF8.GetBytes(value));

    /// <summary>A prelude of any lengths, with the right checksum.</summary>
    public static byte[] Prelude(uint length, uint headersLength)
    {
        byte[] prelude = new byte[12];
        BinaryPrimitives.WriteUInt32BigEndian(prelude, length);
        BinaryPrimitives.WriteUInt32BigEndian(prelude.AsSpan(4), headersLength);
        BinaryPrimitives.WriteUInt32BigEndian(prelude.AsSpan(8), GzipChecksum.Of(prelude.AsSpan(0, 8)));
        return prelude;
    }

    public byte[] ToBytes()
    {
        byte[] prelude = Prelude((uint)(16 + Headers.Length + Payload.Length), (uint)Headers.Length);
        byte[] checksum = new byte[4];
        byte[] message = [.. prelude, .. Headers, .. Payload];
        BinaryPrimitives.WriteUInt32BigEndian(checksum, GzipChecksum.Of(message));
        return [.. message, .. checksum];
    }
}
