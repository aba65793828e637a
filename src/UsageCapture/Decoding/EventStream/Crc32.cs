using System.Buffers.Binary;

namespace UsageCapture.Decoding;

/// <summary>The CRC-32 of gzip and zlib, of bytes that come in pieces cut anywhere.</summary>
/// <remarks>A fresh one is the checksum of no bytes. It is mutable: keep it in a field that is not read-only.</remarks>
internal struct Crc32
{
    // The bits of the polynomial 0x04C11DB7 in reverse, for the checksum takes each byte's lowest bit first.
    private const uint Polynomial = 0xEDB88320;

    private const int Stride = 8;

    // Stride tables of 256, one behind the other: entry i of table k is what the byte i becomes when k zero bytes follow it.
    // With them the bytes of a stride are looked up independently of each other, not each one after the last.
    private static readonly uint[] Tables = CreateTables();

    /// <summary>Gets the checksum of the bytes so far.</summary>
    public uint Value { get; private set; }

    /// <summary>Takes the next bytes.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        uint[] tables = Tables;
        uint register = ~Value;
        while (bytes.Length >= Stride)
        {
            ulong next = BinaryPrimitives.ReadUInt64LittleEndian(bytes) ^ register;
            register = tables[(7 * 256) + (byte)next]
                ^ tables[(6 * 256) + (byte)(next >> 8)]
                ^ tables[(5 * 256) + (byte)(next >> 16)]
                ^ tables[(4 * 256) + (byte)(next >> 24)]
                ^ tables[(3 * 256) + (byte)(next >> 32)]
                ^ tables[(2 * 256) + (byte)(next >> 40)]
                ^ tables[256 + (byte)(next >> 48)]
                ^ tables[(byte)(next >> 56)];
            bytes = bytes[Stride..];
        }

        foreach (byte next in bytes)
        {
            register = tables[(byte)(register ^ next)] ^ (register >> 8);
        }

        Value = ~register;
    }

    private static uint[] CreateTables()
    {
        uint[] tables = new uint[Stride * 256];
        for (int i = 0; i < 256; i++)
        {
            uint entry = (uint)i;
            for (int bit = 0; bit < 8; bit++)
            {
                entry = (entry & 1) == 0 ? entry >> 1 : (entry >> 1) ^ Polynomial;
            }

            tables[i] = entry;
        }

        for (int i = 256; i < tables.Length; i++)
        {
            uint shorter = tables[i - 256];
            tables[i] = tables[(byte)shorter] ^ (shorter >> 8);
        }

        return tables;
    }
}
