using System.Text.Json;

namespace UsageCapture.Decoding;

/// <summary>Enumerates the members of a JSON object: <c>foreach (JsonMember member in new JsonMembers(json))</c>.</summary>
/// <remarks>
/// The enumeration never throws. It is empty for a value that is not an object, and it ends where the JSON is damaged or has more than 64
/// levels, the limit of <see cref="Utf8JsonReader"/>. The members before stay valid.
/// </remarks>
internal ref struct JsonMembers
{
    private readonly ReadOnlySpan<byte> _json;
    private Utf8JsonReader _reader;
    private bool _hasEnded;

    /// <summary>Prepares to enumerate the members of a value.</summary>
    /// <param name="json">The JSON text of one value; empty counts as no object.</param>
    public JsonMembers(ReadOnlySpan<byte> json)
    {
        _json = json;
        _reader = new Utf8JsonReader(json);
        _hasEnded = json is not [(byte)'{', ..];
    }

    /// <summary>Gets the current member.</summary>
    public JsonMember Current { get; private set; }

    /// <summary>Goes to the next member.</summary>
    /// <returns>False when there is none.</returns>
    public bool MoveNext()
    {
        _hasEnded = _hasEnded || !TryReadMember();
        return !_hasEnded;
    }

    /// <summary>Returns the enumerator itself, for <c>foreach</c>.</summary>
    public readonly JsonMembers GetEnumerator() => this;

    private bool TryReadMember()
    {
        try
        {
            // The first token is the bracket that opens the object.
            if ((_reader.TokenType == JsonTokenType.None && !_reader.Read()) || !_reader.Read() || _reader.TokenType != JsonTokenType.PropertyName)
            {
                return false;
            }

            ReadOnlySpan<byte> name = _reader.ValueSpan;
            bool isEscaped = _reader.ValueIsEscaped;
            _reader.Read(); // The value. The reader has all bytes, so it throws when there is none.
            int start = (int)_reader.TokenStartIndex;
            _reader.Skip();
            Current = new JsonMember(name, isEscaped, _json[start..(int)_reader.BytesConsumed]);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
