using System.Buffers;

namespace UsageCapture.Decoding;

/// <summary>Moves over one variable range of an event while <see cref="EventTemplate"/> compares the event with an earlier one.</summary>
/// <remarks>
/// A variable range is a part of an event whose content is not read and may differ from the template, see <see cref="VariableRange"/>.
/// <para>
/// Each method moves the position to the first byte after the range and returns <see cref="TemplateMatch.Complete"/>. If the bytes end
/// inside the range, it moves to their end and returns <see cref="TemplateMatch.Incomplete"/>, and the caller calls it again with the next
/// bytes. If the range cannot hold such content, it returns <see cref="TemplateMatch.Different"/>. The content is checked only as far as the
/// end of the range depends on it, as when the <see cref="JsonScanner"/> skips a value.
/// </para>
/// </remarks>
internal static class VariableRangeSkipper
{
    private static readonly SearchValues<byte> NumberBytes = SearchValues.Create("0123456789+-.eE"u8);

    /// <summary>Moves to the closing quote of a string.</summary>
    /// <param name="bytes">The bytes of the event.</param>
    /// <param name="position">The offset to start from; afterwards the offset that was reached.</param>
    /// <param name="isAfterBackslash">Whether the byte before was a backslash that escapes the next one.</param>
    public static TemplateMatch SkipString(ReadOnlySpan<byte> bytes, ref int position, ref bool isAfterBackslash)
    {
        while (position < bytes.Length)
        {
            if (isAfterBackslash)
            {
                // A line end ends the data line of the event, also after a backslash.
                if (bytes[position] is (byte)'\r' or (byte)'\n')
                {
                    return TemplateMatch.Different;
                }

                isAfterBackslash = false;
                position++;
                continue;
            }

            int end = ShortSearch.IndexOfQuoteBackslashOrLineEnd(bytes[position..]);
            if (end < 0)
            {
                break;
            }

            position += end;
            switch (bytes[position])
            {
                case (byte)'"':
                    return TemplateMatch.Complete;
                case (byte)'\\':
                    isAfterBackslash = true;
                    position++;
                    break;
                default:
                    // A line end. It ends the data line of the event, and the template knows nothing of the next line.
                    return TemplateMatch.Different;
            }
        }

        return TemplateMatch.Incomplete;
    }

    /// <summary>Moves to the first byte that is not part of a number.</summary>
    /// <param name="bytes">The bytes of the event.</param>
    /// <param name="position">The offset to start from; afterwards the offset that was reached.</param>
    /// <param name="hasBegun">Whether the number began in earlier bytes. If not, it must begin with a digit or a minus sign.</param>
    public static TemplateMatch SkipNumber(ReadOnlySpan<byte> bytes, ref int position, bool hasBegun)
    {
        ReadOnlySpan<byte> rest = bytes[position..];
        if (!hasBegun && !rest.IsEmpty && rest[0] is not ((byte)'-' or (>= (byte)'0' and <= (byte)'9')))
        {
            return TemplateMatch.Different;
        }

        return MoveTo(rest.IndexOfAnyExcept(NumberBytes), bytes.Length, ref position);
    }

    /// <summary>Moves to the first byte that is not a space. Some servers pad their events with spaces of varying number.</summary>
    /// <param name="bytes">The bytes of the event.</param>
    /// <param name="position">The offset to start from; afterwards the offset that was reached.</param>
    public static TemplateMatch SkipPadding(ReadOnlySpan<byte> bytes, ref int position) =>
        MoveTo(bytes[position..].IndexOfAnyExcept((byte)' '), bytes.Length, ref position);

    private static TemplateMatch MoveTo(int rangeLength, int bytesLength, ref int position)
    {
        bool continues = rangeLength < 0; // No byte after the range was found.
        position = continues ? bytesLength : position + rangeLength;
        return continues ? TemplateMatch.Incomplete : TemplateMatch.Complete;
    }
}
