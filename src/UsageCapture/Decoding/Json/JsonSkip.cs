namespace UsageCapture.Decoding;

/// <summary>Passes over the inside of a string or a container without reading it: minds quotes and backslashes, and counts brackets.</summary>
/// <remarks>It is mutable: keep it in a field that is not read-only.</remarks>
internal struct JsonSkip
{
    // Whether the last byte was a backslash that takes the next one's meaning.
    private bool _isAfterBackslash;

    // The brackets that are open in the container, and whether a string is open in it.
    private int _openBrackets;
    private bool _isInString;

    /// <summary>Begins behind the opening bracket of a container.</summary>
    public void BeginContainer()
    {
        _openBrackets = 1;
        _isInString = false;
    }

    /// <summary>Goes to the end of the string that is open.</summary>
    /// <returns>Whether its closing quote was passed.</returns>
    public bool PassString(ReadOnlySpan<byte> bytes, ref int position)
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

    /// <summary>Goes to the end of the container that is open.</summary>
    /// <param name="bytes">The piece at hand.</param>
    /// <param name="position">Where to go on from, and then where that has led.</param>
    /// <param name="holes">Where its strings are noted; null when nobody asks for them.</param>
    /// <returns>Whether its closing bracket was passed.</returns>
    public bool PassContainer(ReadOnlySpan<byte> bytes, ref int position, VariableRangeList? holes)
    {
        int stringStart = VariableRangeList.InEarlierPiece;
        while (position < bytes.Length)
        {
            if (_isInString)
            {
                _isInString = !PassString(bytes, ref position);
                if (!_isInString)
                {
                    holes?.Add(VariableRangeKind.String, stringStart, position - 1);
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
                    _openBrackets++;
                    break;
                default:
                    if (--_openBrackets == 0)
                    {
                        return true;
                    }

                    break;
            }
        }

        return false;
    }
}
