using System.Text.Json;

namespace UsageCapture.Decoding;

/// <summary>A member name that is cut between pieces or has escapes: collects it and removes the escapes.</summary>
/// <remarks>
/// Usage, by <see cref="JsonScanner"/>: Clear, then TryAppend with each piece until it returns true, then TryUnescape. A name that is
/// whole and has no escapes does not come here.
/// </remarks>
internal sealed class JsonMemberName
{
    /// <summary>
    /// The most bytes of a name that are kept, escapes included: 32 characters if each is written as \uXXXX. <see cref="JsonPathTree"/> allows
    /// no longer wanted name.
    /// </summary>
    public const int MaxLength = 32 * 6;

    // The name at offset 1. The byte before it and the byte after it are for quotes, which make a JSON string of it.
    private readonly byte[] _quotedName = new byte[MaxLength + 2];

    // The length of the name; MaxLength + 1 if it is longer than MaxLength. Such a name cannot be wanted.
    private int _nameLength;

    // Finds the closing quote.
    private JsonEndFinder _endFinder;

    /// <summary>Discards the name, for the next one.</summary>
    public void Clear()
    {
        _nameLength = 0;
        _endFinder = default;
    }

    /// <summary>Appends bytes up to the closing quote of the name, or to the end of the piece, and moves after them.</summary>
    /// <returns>True if the closing quote was found; false if the name continues in the next piece.</returns>
    public bool TryAppend(ReadOnlySpan<byte> bytes, ref int position)
    {
        int start = position;
        bool isClosed = _endFinder.TrySkipString(bytes, ref position);
        Append(bytes[start..(isClosed ? position - 1 : position)]);
        return isClosed;
    }

    /// <summary>Gets the name without its escapes.</summary>
    /// <param name="name">The name. Empty, which no wanted name is, if the name is too long or is not valid Unicode.</param>
    /// <returns>False if an escape is not valid JSON.</returns>
    public bool TryUnescape(out ReadOnlySpan<byte> name)
    {
        name = default;
        if (_nameLength > MaxLength)
        {
            return true;
        }

        Span<byte> quoted = _quotedName.AsSpan(0, _nameLength + 2);
        name = quoted[1..^1];
        if (!name.Contains((byte)'\\'))
        {
            return true;
        }

        quoted[0] = (byte)'"';
        quoted[^1] = (byte)'"';
        byte[] text = new byte[_nameLength];
        try
        {
            var reader = new Utf8JsonReader(quoted);
            reader.Read();
            name = text.AsSpan(0, reader.CopyString(text));
            return true;
        }
        catch (InvalidOperationException) // The JSON is valid, but the text is not: half a surrogate pair, or invalid UTF-8.
        {
            name = default;
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private void Append(ReadOnlySpan<byte> part)
    {
        if (_nameLength + part.Length <= MaxLength)
        {
            part.CopyTo(_quotedName.AsSpan(1 + _nameLength));
        }

        _nameLength = Math.Min(_nameLength + part.Length, MaxLength + 1);
    }
}
