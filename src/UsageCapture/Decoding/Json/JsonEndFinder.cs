namespace UsageCapture.Decoding;

/// <summary>Finds the closing quote of a string, or the closing bracket of an object or array, in JSON that arrives in pieces.</summary>
/// <remarks>
/// It looks only at quotes, backslashes and brackets, so its state has a fixed size for any length and depth. It does not check the
/// grammar in between, nor whether a closing bracket is of the same kind as its opening one.
/// <para>
/// Usage. String: read its opening quote, then call <see cref="TrySkipString"/> with each piece until it returns true. Container: read its
/// opening bracket, call <see cref="BeginContainer"/>, then call <see cref="TrySkipContainer"/> with each piece until it returns true.
/// </para>
/// <para>This struct is mutable: do not copy it, and store it in a field that is not readonly.</para>
/// </remarks>
internal struct JsonEndFinder
{
    // Whether the last byte of the string was a backslash that escapes the next byte. It is false after each closing quote, so the next
    // string needs no reset.
    private bool _isAfterBackslash;

    // Only used for containers: how many brackets are open, and whether a string in the container is open.
    private int _openBracketCount;
    private bool _isInString;

    /// <summary>Starts a search for the closing bracket of a container whose opening bracket has been read.</summary>
    public void BeginContainer()
    {
        _openBracketCount = 1;
        _isInString = false;
    }

    /// <summary>Moves to the byte after the closing quote of the open string, or to the end of the piece.</summary>
    /// <param name="bytes">The current piece.</param>
    /// <param name="position">The offset to start from; afterwards the offset that was reached.</param>
    /// <returns>True if the closing quote was found; false if the string continues in the next piece.</returns>
    public bool TrySkipString(ReadOnlySpan<byte> bytes, ref int position)
    {
        while (position < bytes.Length)
        {
            if (_isAfterBackslash)
            {
                _isAfterBackslash = false;
                position++;
                continue;
            }

            int next = ShortSearch.IndexOfQuoteOrBackslash(bytes[position..]);
            if (next < 0)
            {
                position = bytes.Length;
                return false;
            }

            position += next + 1;
            if (bytes[position - 1] == (byte)'"')
            {
                return true;
            }

            _isAfterBackslash = true;
        }

        return false;
    }

    /// <summary>Moves to the byte after the closing bracket of the open container, or to the end of the piece.</summary>
    /// <param name="bytes">The current piece.</param>
    /// <param name="position">The offset to start from; afterwards the offset that was reached.</param>
    /// <param name="variableRanges">
    /// Receives the text of each string in the container, which no reader uses: an event that differs only in it can be skipped. Numbers are
    /// not recorded, because the search stops only at brackets and quotes. Null if the ranges are not needed.
    /// </param>
    /// <returns>True if the closing bracket was found; false if the container continues in the next piece.</returns>
    public bool TrySkipContainer(ReadOnlySpan<byte> bytes, ref int position, VariableRangeList? variableRanges)
    {
        // A string that is open here began in an earlier piece. The list has a special value for such a start.
        int stringStart = VariableRangeList.InEarlierPiece;
        while (position < bytes.Length)
        {
            if (_isInString)
            {
                _isInString = !TrySkipString(bytes, ref position);
                if (!_isInString)
                {
                    variableRanges?.Add(VariableRangeKind.String, stringStart, position - 1);
                }

                continue;
            }

            int next = ShortSearch.IndexOfBracketOrQuote(bytes[position..]);
            if (next < 0)
            {
                position = bytes.Length;
                return false;
            }

            position += next + 1;
            switch (bytes[position - 1])
            {
                case (byte)'"':
                    _isInString = true;
                    stringStart = position;
                    break;
                case (byte)'{' or (byte)'[':
                    _openBracketCount++;
                    break;
                default:
                    if (--_openBracketCount == 0)
                    {
                        return true;
                    }

                    break;
            }
        }

        return false;
    }
}
