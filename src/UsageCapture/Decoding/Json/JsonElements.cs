using System.Text.Json;

namespace UsageCapture.Decoding;

/// <summary>Enumerates the elements of a JSON array: <c>foreach (ReadOnlySpan&lt;byte&gt; element in new JsonElements(json))</c>.</summary>
/// <remarks>
/// The enumeration never throws. It is empty for a value that is not an array, and it ends where the JSON is damaged or has more than 64
/// levels, the limit of <see cref="Utf8JsonReader"/>. The elements before stay valid.
/// </remarks>
internal ref struct JsonElements
{
    private readonly ReadOnlySpan<byte> _json;
    private Utf8JsonReader _reader;
    private bool _hasEnded;

    /// <summary>Prepares to enumerate the elements of a value.</summary>
    /// <param name="json">The JSON text of one value; empty counts as no array.</param>
    public JsonElements(ReadOnlySpan<byte> json)
    {
        _json = json;
        _reader = new Utf8JsonReader(json);
        _hasEnded = json is not [(byte)'[', ..];
    }

    /// <summary>Gets the JSON text of the current element.</summary>
    public ReadOnlySpan<byte> Current { get; private set; }

    /// <summary>Goes to the next element.</summary>
    /// <returns>False when there is none.</returns>
    public bool MoveNext()
    {
        _hasEnded = _hasEnded || !TryReadElement();
        return !_hasEnded;
    }

    /// <summary>Returns the enumerator itself, for <c>foreach</c>.</summary>
    public readonly JsonElements GetEnumerator() => this;

    private bool TryReadElement()
    {
        try
        {
            // The first token is the bracket that opens the array.
            if ((_reader.TokenType == JsonTokenType.None && !_reader.Read()) || !_reader.Read() || _reader.TokenType == JsonTokenType.EndArray)
            {
                return false;
            }

            int start = (int)_reader.TokenStartIndex;
            _reader.Skip();
            Current = _json[start..(int)_reader.BytesConsumed];
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
