using UsageCapture.Decoding;

namespace UsageCapture;

/// <summary>What one JSON document of a response has at the places that a reader looks at: the whole body, or one event's data.</summary>
/// <remarks>It is valid while <see cref="UsageReader.Read"/> runs. Where a member comes more than once, the last counts.</remarks>
public readonly ref struct UsageDocument
{
    // The longest text that is kept of a document. No id, model or reason of any provider comes near it.
    private const int MaxText = 256;

    private readonly UsageFields _fields;

    internal UsageDocument(JsonCaptures captures, UsageFields fields)
    {
        Captures = captures;
        _fields = fields;
    }

    internal JsonCaptures Captures { get; }

    /// <summary>Gets the JSON text of a field, as it was sent; empty when the document does not have it.</summary>
    /// <param name="field">One of the paths that the reader's <see cref="UsageFields"/> were made of.</param>
    /// <exception cref="ArgumentException">There is no such field.</exception>
    public ReadOnlySpan<byte> this[string field]
    {
        get
        {
            ArgumentNullException.ThrowIfNull(field);
            int slot = _fields.Find(field, out string rest);
            return rest.Length == 0 ? Captures.Last(slot) : Inside(Captures.Last(slot), rest);
        }
    }

    /// <summary>Gets the text of a field: a string's characters, at most 256 of them, or a number as it was written.</summary>
    /// <param name="field">A field, or the path of a value inside one.</param>
    /// <returns>Null when the document does not have it, and when it is null, empty, or neither a string nor a number.</returns>
    /// <exception cref="ArgumentException">There is no such field.</exception>
    public string? GetText(string field) => JsonValue.GetText(this[field], MaxText);

    /// <summary>Gets the count in a field: a whole number from zero up, also when it is written as <c>12.0</c> or as a string.</summary>
    /// <param name="field">A field, or the path of a value inside one, such as <c>usage.input_tokens</c> where <c>usage</c> is a field.</param>
    /// <returns>Null when the document does not have it, and when it is null or no count.</returns>
    /// <exception cref="ArgumentException">There is no such field.</exception>
    public long? GetCount(string field) => JsonValue.GetCount(this[field]);

    /// <summary>Gets the value at a path inside an object.</summary>
    private static ReadOnlySpan<byte> Inside(ReadOnlySpan<byte> json, string path)
    {
        foreach (Range part in path.AsSpan().Split('.'))
        {
            json = JsonValue.GetMember(json, path.AsSpan(part));
        }

        return json;
    }
}
