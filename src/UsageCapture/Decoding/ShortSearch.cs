using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace UsageCapture.Decoding;

/// <summary>Searches for bytes that are usually found within the next 32 bytes.</summary>
/// <remarks>
/// Names and values in a JSON chunk are a few bytes long. The searches of the framework are made for long distances: their call alone takes
/// longer than to compare 32 bytes with one vector operation. So each method does that first, and searches the rest in another way. All
/// methods return the index of the byte, or -1. Without 256-bit vectors in the processor they are slower and return the same.
/// </remarks>
internal static class ShortSearch
{
    private static readonly SearchValues<byte> BracketsAndQuote = SearchValues.Create("\"{}[]"u8);
    private static readonly SearchValues<byte> QuoteBackslashAndLineEnd = SearchValues.Create("\"\\\r\n"u8);

    /// <summary>Finds the next quote or backslash.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int IndexOfQuoteOrBackslash(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < Vector256<byte>.Count)
        {
            return bytes.IndexOfAny((byte)'"', (byte)'\\');
        }

        uint found = MatchQuoteAndBackslash(Load(bytes));
        return found != 0
            ? BitOperations.TrailingZeroCount(found)
            : AddVectorLength(IndexOfFarQuoteOrBackslash(bytes[Vector256<byte>.Count..]));
    }

    /// <summary>Finds the next quote, backslash or line end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int IndexOfQuoteBackslashOrLineEnd(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < Vector256<byte>.Count)
        {
            return bytes.IndexOfAny(QuoteBackslashAndLineEnd);
        }

        Vector256<byte> next = Load(bytes);
        uint found = (Vector256.Equals(next, Vector256.Create((byte)'"')) | Vector256.Equals(next, Vector256.Create((byte)'\\'))
            | Vector256.Equals(next, Vector256.Create((byte)'\n')) | Vector256.Equals(next, Vector256.Create((byte)'\r')))
            .ExtractMostSignificantBits();
        return found != 0
            ? BitOperations.TrailingZeroCount(found)
            : AddVectorLength(bytes[Vector256<byte>.Count..].IndexOfAny(QuoteBackslashAndLineEnd));
    }

    /// <summary>Finds the next curly or square bracket, or quote.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int IndexOfBracketOrQuote(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < Vector256<byte>.Count)
        {
            return bytes.IndexOfAny(BracketsAndQuote);
        }

        uint found = MatchBracketsAndQuote(Load(bytes));
        return found != 0
            ? BitOperations.TrailingZeroCount(found)
            : AddVectorLength(IndexOfFarBracketOrQuote(bytes[Vector256<byte>.Count..]));
    }

    // Prose in JSON has an escape every 60 to 100 bytes, so even a long string is searched in short steps: a loop without a call.
    private static int IndexOfFarQuoteOrBackslash(ReadOnlySpan<byte> bytes)
    {
        int position = 0;
        while (position <= bytes.Length - Vector256<byte>.Count)
        {
            uint found = MatchQuoteAndBackslash(Load(bytes[position..]));
            if (found != 0)
            {
                return position + BitOperations.TrailingZeroCount(found);
            }

            position += Vector256<byte>.Count;
        }

        int rest = bytes[position..].IndexOfAny((byte)'"', (byte)'\\');
        return rest < 0 ? rest : position + rest;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint MatchQuoteAndBackslash(Vector256<byte> bytes) =>
        (Vector256.Equals(bytes, Vector256.Create((byte)'"')) | Vector256.Equals(bytes, Vector256.Create((byte)'\\')))
            .ExtractMostSignificantBits();

    // The framework compares with five values, this loop with three. Two vectors at a time hide the latency of the comparisons.
    private static int IndexOfFarBracketOrQuote(ReadOnlySpan<byte> bytes)
    {
        const int Step = 2 * 32;
        int position = 0;
        while (position <= bytes.Length - Step)
        {
            uint first = MatchBracketsAndQuote(Load(bytes[position..]));
            uint second = MatchBracketsAndQuote(Load(bytes[(position + Vector256<byte>.Count)..]));
            ulong found = first | ((ulong)second << Vector256<byte>.Count);
            if (found != 0)
            {
                return position + BitOperations.TrailingZeroCount(found);
            }

            position += Step;
        }

        int rest = bytes[position..].IndexOfAny(BracketsAndQuote);
        return rest < 0 ? rest : position + rest;
    }

    // A curly bracket differs from the square bracket of the same direction only in the bit 0x20.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint MatchBracketsAndQuote(Vector256<byte> bytes)
    {
        Vector256<byte> curly = bytes | Vector256.Create((byte)0x20);
        return (Vector256.Equals(curly, Vector256.Create((byte)'{')) | Vector256.Equals(curly, Vector256.Create((byte)'}'))
            | Vector256.Equals(bytes, Vector256.Create((byte)'"'))).ExtractMostSignificantBits();
    }

    private static Vector256<byte> Load(ReadOnlySpan<byte> bytes) => Vector256.LoadUnsafe(ref MemoryMarshal.GetReference(bytes));

    private static int AddVectorLength(int index) => index < 0 ? index : index + Vector256<byte>.Count;
}
