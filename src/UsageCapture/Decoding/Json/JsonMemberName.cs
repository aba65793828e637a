using System.Text.Json;

namespace UsageCapture.Decoding;

/// <summary>A member's name that came in pieces or has escapes: gathered, and compared without them.</summary>
internal sealed class JsonMemberName
{
    // The longest wanted name, each character written \uXXXX, has room.
    private const int MaxLength = 192;

    // The name between its quotes, which make a JSON string of it. One that is longer than any wanted one is counted on and not kept.
    private readonly byte[] _quoted = new byte[MaxLength + 2];
    private int _length;

    // Where the name stands between its pieces.
    private JsonSkip _skip;

    public void Clear()
    {
        _length = 0;
        _skip = default;
    }

    /// <summary>Reads on, to the end of the name.</summary>
    /// <returns>Whether its closing quote was passed.</returns>
    public bool TryRead(ReadOnlySpan<byte> bytes, ref int position)
    {
        int start = position;
        bool isClosed = _skip.PassString(bytes, ref position);
        Append(bytes[start..(isClosed ? position - 1 : position)]);
        return isClosed;
    }

    /// <summary>Gets the name without its escapes.</summary>
    /// <param name="name">The name; empty for one that cannot be wanted: too long, or no text, such as half a surrogate pair.</param>
    /// <returns>False when its escapes are no JSON.</returns>
    public bool TryGetText(out ReadOnlySpan<byte> name)
    {
        name = default;
        if (_length > MaxLength)
        {
            return true;
        }

        Span<byte> quoted = _quoted.AsSpan(0, _length + 2);
        name = quoted[1..^1];
        if (!name.Contains((byte)'\\'))
        {
            return true;
        }

        quoted[0] = (byte)'"';
        quoted[^1] = (byte)'"';
        byte[] text = new byte[_length];
        try
        {
            var reader = new Utf8JsonReader(quoted);
            reader.Read();
            name = text.AsSpan(0, reader.CopyString(text));
            return true;
        }
        catch (InvalidOperationException)
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
        if (_length + part.Length <= MaxLength)
        {
            part.CopyTo(_quoted.AsSpan(1 + _length));
        }

        _length = Math.Min(_length + part.Length, MaxLength + 1);
    }
}
