
namespace UsageCapture.Decoding;

/// <summary>A short text that a response repeats in every chunk: kept once, and compared as it stands on the wire.</summary>
internal struct RepeatedText
{
    // Ids and names are a few dozen characters; what is longer is cut.
    private const int MaxLength = 256;

    private PooledArray<byte> _json;
    private int _length;

    /// <summary>Gets the text; null when there was none so far.</summary>
    public string? Value { get; private set; }

    /// <summary>Takes the JSON value that a chunk has for the text. Null, no text and an empty one say nothing.</summary>
    /// <param name="json">The value; empty when the chunk has none.</param>
    /// <param name="keepFirst">Whether the first text is to stay; otherwise the last one counts.</param>
    /// <returns>Whether the chunk has another text than those before it, so that it is new, or a change.</returns>
    public bool Take(ReadOnlySpan<byte> json, bool keepFirst)
    {
        if (json.IsEmpty || json.SequenceEqual(_json.Items.AsSpan(0, _length)))
        {
            return false;
        }

        if (Value is not null && (keepFirst || JsonValue.TextEquals(json, Value)))
        {
            return JsonValue.HasText(json) && !JsonValue.TextEquals(json, Value);
        }

        if (JsonValue.GetText(json, MaxLength) is not { } text)
        {
            return false;
        }

        _json.EnsureCapacity(json.Length, kept: 0);
        json.CopyTo(_json.Items);
        _length = json.Length;
        Value = text;
        return true;
    }

    /// <summary>Gives the memory back. The text stays.</summary>
    public void Release()
    {
        _length = 0;
        _json.Return();
    }
}
