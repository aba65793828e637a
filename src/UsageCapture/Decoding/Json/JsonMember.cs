using System.Text.Json;

namespace UsageCapture.Decoding;

/// <summary>A member of a JSON object: its name and its value as they stand in the text.</summary>
internal readonly ref struct JsonMember
{
    // The longest name that is looked for, each character written \uXXXX, has room.
    private const int MaxEscapedName = 256;

    private readonly ReadOnlySpan<byte> _name;
    private readonly bool _isEscaped;

    public JsonMember(ReadOnlySpan<byte> name, bool isEscaped, ReadOnlySpan<byte> value)
    {
        _name = name;
        _isEscaped = isEscaped;
        Value = value;
    }

    /// <summary>Gets the JSON text of the value.</summary>
    public ReadOnlySpan<byte> Value { get; }

    /// <summary>Compares the name with another, without the escapes that it may have.</summary>
    /// <param name="name">The other name, in UTF-8.</param>
    public bool NameEquals(ReadOnlySpan<byte> name)
    {
        if (!_isEscaped)
        {
            return _name.SequenceEqual(name);
        }

        Span<byte> quoted = stackalloc byte[MaxEscapedName + 2];
        if (_name.Length > MaxEscapedName)
        {
            return false;
        }

        quoted[0] = (byte)'"';
        _name.CopyTo(quoted[1..]);
        quoted[_name.Length + 1] = (byte)'"';
        try
        {
            var reader = new Utf8JsonReader(quoted[..(_name.Length + 2)]);
            return reader.Read() && reader.ValueTextEquals(name);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return false; // Not a text, such as half a surrogate pair.
        }
    }
}
