using UsageCapture.Decoding;

namespace UsageCapture;

/// <summary>One element of an array in a document, such as one item of <c>choices</c>, with its own values. For a <see cref="UsageReader"/>.</summary>
/// <remarks><see cref="UsageDocument.Each"/> enumerates the elements. An element is valid only while its document is being read.</remarks>
public readonly ref struct UsageElement
{
    // The values that the decoder found in the document, in the order of the document.
    private readonly JsonCaptures _captures;
    private readonly UsageFields _fields;

    // For each field, a bit set of its slots. A slot is the number under which the decoder captures the values at one path. A field may
    // have several paths.
    private readonly ulong[] _slots;

    // The captures from index _start up to, but not including, index _end belong to this element.
    private readonly int _start;
    private readonly int _end;

    internal UsageElement(JsonCaptures captures, UsageFields fields, ulong[] slots, int start, int end, int position)
    {
        _captures = captures;
        _fields = fields;
        _slots = slots;
        _start = start;
        _end = end;
        Position = position;
    }

    /// <summary>Gets the position of the element in its array, counted from zero.</summary>
    public int Position { get; }

    /// <summary>Gets the JSON text of a value in this element, as the server sent it.</summary>
    /// <param name="field">A field whose path goes through the array, such as <c>choices[].finish_reason</c>.</param>
    /// <value>UTF-8 text. Empty when the element does not have the value. When it comes more than once, the last one.</value>
    /// <exception cref="ArgumentException">The document was not read with this field.</exception>
    public ReadOnlySpan<byte> this[UsageField field] =>
        _captures.GetLastText(UsageDocument.GetSlots(field, _fields, _slots), _start, _end);

    /// <summary>Gets the index that the element states as a member, such as <c>choices[].index</c>; its <see cref="Position"/> when it states none.</summary>
    /// <param name="field">The field of the stated index.</param>
    /// <returns>
    /// An index from 0 to 1,023, which <see cref="UsageReport.RecordChoice"/> accepts. Zero when the stated index is out of this range or
    /// not a whole number, because most responses have only one choice. Elements from position 1,023 on share the last index.
    /// </returns>
    /// <exception cref="ArgumentException">The document was not read with this field.</exception>
    public int GetIndex(UsageField field)
    {
        ReadOnlySpan<byte> statedIndex = this[field];
        return statedIndex.IsEmpty
            ? Math.Min(Position, UsageReport.MaxChoices - 1)
            : JsonValue.GetIndex(statedIndex, UsageReport.MaxChoices);
    }
}
