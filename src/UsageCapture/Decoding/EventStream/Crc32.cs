using System.Buffers.Binary;

namespace UsageCapture.Decoding;

/// <summary>The CRC-32 that gzip and AWS event streams use, for bytes that arrive in pieces, cut anywhere.</summary>
/// <remarks>
/// The algorithm is "slicing by 8": it reads eight bytes at a time and looks each up in a table of its own, so that the lookups do not
/// depend on each other. The default value is the checksum of no bytes. The framework has a CRC-32 only in a package of its own,
/// System.IO.Hashing, and this class saves the dependency.
/// <para>This struct is mutable: do not copy it, and store it in a field that is not readonly.</para>
/// </remarks>
internal struct Crc32
{
    // The polynomial 0x04C11DB7 with its bits reversed, because the checksum processes the lowest bit of each byte first.
    private const uint Polynomial = 0xEDB88320;

    private const int SliceSize = 8;

    // Eight tables of 256 entries, one after the other. Entry i of table k is the remainder of the byte i followed by k zero bytes.
    private static readonly uint[] Tables = CreateTables();

    /// <summary>Gets the checksum of all bytes appended so far.</summary>
    public uint Value { get; private set; }

    /// <summary>Adds the next bytes to the checksum.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        uint[] tables = Tables;
        uint register = ~Value;
        while (bytes.Length >= SliceSize)
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
            bytes = bytes[SliceSize..];
        }

        foreach (byte next in bytes)
        {
            register = tables[(byte)(register ^ next)] ^ (register >> 8);
        }

        Value = ~register;
    }

    private static uint[] CreateTables()
    {
        uint[] tables = new uint[SliceSize * 256];
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
            uint previous = tables[i - 256];
            tables[i] = tables[(byte)previous] ^ (previous >> 8);
        }

        return tables;
    }
}
