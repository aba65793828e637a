using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace UsageCapture.Decoding;

/// <summary>Searches for what is usually within the next few bytes.</summary>
/// <remarks>
/// The names and values of a chunk are a few bytes long. The framework's searches are made for long ways, and the call alone takes
/// longer than looking at the next 32 bytes at once, which is what is done here first.
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
        return found != 0 ? BitOperations.TrailingZeroCount(found) : Beyond(bytes[Vector256<byte>.Count..].IndexOfAny((byte)'"', (byte)'\\'));
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
        return found != 0 ? BitOperations.TrailingZeroCount(found) : Beyond(bytes[Vector256<byte>.Count..].IndexOfAny(StringEnds));
    }

    /// <summary>Finds the next bracket of either kind, or quote.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int IndexOfBracketOrQuote(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < Vector256<byte>.Count)
        {
            return bytes.IndexOfAny(BracketsAndQuote);
        }

        // The bit 0x20 is all that tells a brace from the square bracket of the same direction.
        Vector256<byte> next = Load(bytes);
        Vector256<byte> braces = next | Vector256.Create((byte)0x20);
        uint found = (Vector256.Equals(braces, Vector256.Create((byte)'{')) | Vector256.Equals(braces, Vector256.Create((byte)'}'))
            | Vector256.Equals(next, Vector256.Create((byte)'"'))).ExtractMostSignificantBits();
        return found != 0 ? BitOperations.TrailingZeroCount(found) : Beyond(bytes[Vector256<byte>.Count..].IndexOfAny(BracketsAndQuote));
    }

    private static Vector256<byte> Load(ReadOnlySpan<byte> bytes) => Vector256.LoadUnsafe(ref MemoryMarshal.GetReference(bytes));

    private static int Beyond(int index) => index < 0 ? index : index + Vector256<byte>.Count;
}
