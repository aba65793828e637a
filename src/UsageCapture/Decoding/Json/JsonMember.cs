using System.Text.Json;

namespace UsageCapture.Decoding;

/// <summary>A member of a JSON object: its name and its value, as the JSON text has them.</summary>
internal readonly ref struct JsonMember
{
    // Room for a name of 42 characters when each is written as \uXXXX. No name that is looked for is longer. A longer one is not found.
    private const int MaxEscapedNameLength = 256;

    private readonly ReadOnlySpan<byte> _name;
    private readonly bool _isEscaped;

    /// <summary>Creates a member.</summary>
    /// <param name="name">The name as it is written, without its quotes.</param>
    /// <param name="isEscaped">Whether the name has escapes.</param>
    /// <param name="value">The JSON text of the value.</param>
    public JsonMember(ReadOnlySpan<byte> name, bool isEscaped, ReadOnlySpan<byte> value)
    {
        _name = name;
        _isEscaped = isEscaped;
        Value = value;
    }

    /// <summary>Gets the JSON text of the value.</summary>
    public ReadOnlySpan<byte> Value { get; }

    /// <summary>Gets the name as text, with its escapes decoded.</summary>
    /// <param name="maxLength">The most characters that are returned.</param>
    /// <returns>Null when the name is empty or not valid text.</returns>
    public string? GetName(int maxLength) => JsonValue.GetText((byte[])[(byte)'"', .. _name, (byte)'"'], maxLength);

    /// <summary>Compares the name, with its escapes decoded, to another name.</summary>
    /// <param name="name">The other name, in UTF-8.</param>
    public bool NameEquals(ReadOnlySpan<byte> name)
    {
        if (!_isEscaped)
        {
            return _name.SequenceEqual(name);
        }

        // Utf8JsonReader decodes escapes only in a string token, so the name gets its quotes back.
        Span<byte> quoted = stackalloc byte[MaxEscapedNameLength + 2];
        if (_name.Length > MaxEscapedNameLength)
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
