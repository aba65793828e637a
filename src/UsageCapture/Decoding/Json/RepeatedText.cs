namespace UsageCapture.Decoding;

/// <summary>A short text that a response repeats in every chunk, such as its id. Finds out cheaply whether a chunk changes it.</summary>
/// <remarks>
/// Each chunk is compared with the JSON of the recorded text, byte for byte, so that a repetition creates no string.
/// This struct is mutable: do not copy it, and store it in a field that is not readonly.
/// </remarks>
internal struct RepeatedText
{
    // Ids and names have a few dozen characters. A longer text is cut off.
    private const int MaxLength = 256;

    // The JSON value that the text was read from.
    private PooledArray<byte> _json;
    private int _length;

    /// <summary>Gets the text; null if there was none so far.</summary>
    public string? Value { get; private set; }

    /// <summary>Records the first text of the response. Later texts are only compared with it.</summary>
    /// <param name="json">The JSON value in the chunk; empty if there is none. A value without text, such as null, is ignored.</param>
    /// <returns>True if the text is the first one, or differs from the first one.</returns>
    public bool RecordFirst(ReadOnlySpan<byte> json)
    {
        if (json.IsEmpty || IsRecorded(json))
        {
            return false;
        }

        return Value is null ? TryRecord(json) : JsonValue.HasText(json) && !JsonValue.TextEquals(json, Value);
    }

    /// <summary>Records the last text of the response.</summary>
    /// <param name="json">The JSON value in the chunk; empty if there is none. A value without text, such as null, is ignored.</param>
    /// <returns>True if the text is the first one, or differs from the one before.</returns>
    public bool RecordLast(ReadOnlySpan<byte> json)
    {
        if (json.IsEmpty || IsRecorded(json))
        {
            return false;
        }

        return (Value is null || !JsonValue.TextEquals(json, Value)) && TryRecord(json);
    }

    /// <summary>Returns the pooled buffer. <see cref="Value"/> stays.</summary>
    public void Release()
    {
        _length = 0;
        _json.Return();
    }

    private readonly bool IsRecorded(ReadOnlySpan<byte> json) => json.SequenceEqual(_json.Items.AsSpan(0, _length));

    private bool TryRecord(ReadOnlySpan<byte> json)
    {
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
}
