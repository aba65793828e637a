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
        _hasEnded = json is not [(byte)'{', ..];
        _reader = new Utf8JsonReader(json);
        IsDamaged = !_hasEnded && !TryRead();
    }

    /// <summary>Gets the member at hand.</summary>
    public JsonMember Current { get; private set; }

    /// <summary>Gets whether the enumeration ended because the JSON is damaged.</summary>
    public bool IsDamaged { get; private set; }

    /// <summary>Goes to the next member.</summary>
    /// <returns>False when there is none.</returns>
    public bool MoveNext()
    {
        if (_hasEnded || IsDamaged || !TryReadMember())
        {
            _hasEnded = true;
            return false;
        }

        return true;
    }

    /// <summary>Returns the enumerator itself, for <c>foreach</c>.</summary>
    public readonly JsonMembers GetEnumerator() => this;

    private bool TryRead()
    {
        try
        {
            return _reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private bool TryReadMember()
    {
        try
        {
            if (!_reader.Read() || _reader.TokenType != JsonTokenType.PropertyName)
            {
                return false;
            }

            ReadOnlySpan<byte> name = _reader.ValueSpan;
            bool isEscaped = _reader.ValueIsEscaped;
            _reader.Read();
            int start = (int)_reader.TokenStartIndex;
            _reader.Skip();
            Current = new JsonMember(name, isEscaped, _json[start..(int)_reader.BytesConsumed]);
            return true;
        }
        catch (JsonException)
        {
            IsDamaged = true;
            return false;
        }
    }
}
