using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace UsageCapture.Decoding;

/// <summary>Searches for bytes that are usually found within the next 32 bytes.</summary>
/// <remarks>
/// Names and values in a chunk are a few bytes long. The searches of the framework are made for long distances: the call alone takes
/// longer than to compare 32 bytes with one vector operation. So each method does that first, and calls the framework for the rest.
/// All methods return the index of the byte, or -1.
/// </remarks>
internal static class ShortSearch
{
    private static readonly SearchValues<byte> BracketsAndQuote = SearchValues.Create("\"{}[]"u8);
    private static readonly SearchValues<byte> StringEnds = SearchValues.Create("\"\\\r\n"u8);

    /// <summary>Finds the next quote or backslash.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int IndexOfQuoteOrBackslash(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < Vector256<byte>.Count)
        {
            return bytes.IndexOfAny((byte)'"', (byte)'\\');
        }

        Vector256<byte> next = Load(bytes);
        uint found = (Vector256.Equals(next, Vector256.Create((byte)'"')) | Vector256.Equals(next, Vector256.Create((byte)'\\')))
            .ExtractMostSignificantBits();
        return found != 0
            ? BitOperations.TrailingZeroCount(found)
            : AddVectorLength(bytes[Vector256<byte>.Count..].IndexOfAny((byte)'"', (byte)'\\'));
    }

    /// <summary>Finds the next quote, backslash or line end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int IndexOfStringEnd(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < Vector256<byte>.Count)
        {
            return bytes.IndexOfAny(StringEnds);
        }

        Vector256<byte> next = Load(bytes);
        uint found = (Vector256.Equals(next, Vector256.Create((byte)'"')) | Vector256.Equals(next, Vector256.Create((byte)'\\'))
            | Vector256.Equals(next, Vector256.Create((byte)'\n')) | Vector256.Equals(next, Vector256.Create((byte)'\r')))
            .ExtractMostSignificantBits();
        return found != 0
            ? BitOperations.TrailingZeroCount(found)
            : AddVectorLength(bytes[Vector256<byte>.Count..].IndexOfAny(StringEnds));
    }

    /// <summary>Finds the next curly or square bracket, or quote.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int IndexOfBracketOrQuote(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < Vector256<byte>.Count)
        {
            return bytes.IndexOfAny(BracketsAndQuote);
        }

        // A curly bracket differs from the square bracket of the same direction only in the bit 0x20.
        Vector256<byte> next = Load(bytes);
        Vector256<byte> curly = next | Vector256.Create((byte)0x20);
        uint found = (Vector256.Equals(curly, Vector256.Create((byte)'{')) | Vector256.Equals(curly, Vector256.Create((byte)'}'))
            | Vector256.Equals(next, Vector256.Create((byte)'"'))).ExtractMostSignificantBits();
        return found != 0
            ? BitOperations.TrailingZeroCount(found)
            : AddVectorLength(bytes[Vector256<byte>.Count..].IndexOfAny(BracketsAndQuote));
    }

    private static Vector256<byte> Load(ReadOnlySpan<byte> bytes) => Vector256.LoadUnsafe(ref MemoryMarshal.GetReference(bytes));

    private static int AddVectorLength(int index) => index < 0 ? index : index + Vector256<byte>.Count;
}
