using UsageCapture.Decoding;

namespace UsageCapture.Tests.Decoding;

/// <summary>Each search finds the first of its bytes, at any distance and length around the vectors of 32 bytes.</summary>
public sealed class ShortSearchTests
{
    private const int MaxLength = 170;

    private delegate int Search(ReadOnlySpan<byte> bytes);

    [Theory]
    [InlineData("quote or backslash", "\"\\")]
    [InlineData("quote, backslash or line end", "\"\\\r\n")]
    [InlineData("bracket or quote", "\"{}[]")]
    public void Search_InAnyLength_FindsTheFirstOfItsBytes(string name, string wanted)
    {
        Search search = name switch
        {
            "quote or backslash" => ShortSearch.IndexOfQuoteOrBackslash,
            "quote, backslash or line end" => ShortSearch.IndexOfQuoteBackslashOrLineEnd,
            _ => ShortSearch.IndexOfBracketOrQuote,
        };

        // All other bytes, so that none of them is taken for a wanted one.
        byte[] other = [.. Enumerable.Range(0, 256).Select(value => (byte)value).Where(value => !wanted.Contains((char)value, StringComparison.Ordinal))];
        for (int length = 0; length <= MaxLength; length++)
        {
            byte[] bytes = [.. Enumerable.Range(length, length).Select(index => other[index % other.Length])];
            Assert.Equal(-1, search(bytes));
            for (int position = length - 1; position >= 0; position--)
            {
                byte last = bytes[position];
                foreach (char value in wanted)
                {
                    bytes[position] = (byte)value;
                    Assert.Equal(position, search(bytes));
                }

                if (position % 40 != 39)
                {
                    bytes[position] = last; // Otherwise a later match stays, which an earlier one must hide.
                }
            }
        }
    }

    [Fact]
    public void Search_InOneRepeatedByte_FindsOnlyItsOwnBytes()
    {
        for (int value = 0; value < 256; value++)
        {
            byte[] bytes = [.. Enumerable.Repeat((byte)value, 100)];
            Assert.Equal(value is '"' or '\\' ? 0 : -1, ShortSearch.IndexOfQuoteOrBackslash(bytes));
            Assert.Equal(value is '"' or '\\' or '\r' or '\n' ? 0 : -1, ShortSearch.IndexOfQuoteBackslashOrLineEnd(bytes));
            Assert.Equal(value is '"' or '{' or '}' or '[' or ']' ? 0 : -1, ShortSearch.IndexOfBracketOrQuote(bytes));
        }
    }
}
