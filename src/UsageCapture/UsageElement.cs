using UsageCapture.Decoding;

namespace UsageCapture;

/// <summary>One element of an array in a document, such as one item of <c>choices</c>, with its own values.</summary>
/// <remarks>A <see cref="UsageReader"/> gets the elements from <see cref="UsageDocument.Each"/>. An element is valid only while its document is being read.</remarks>
public readonly ref struct UsageElement
{
    // The values that the decoder found in the document, in the order of the document.
    private readonly JsonCaptures _captures;
    private readonly UsageFields _fields;

    // For each field, a bit set of its slots. A slot is the number under which the decoder captures the values of one path. A field may have
    // several alternative paths.
    private readonly ulong[] _slotsByField;

    // The captures from _startIndex up to, but not including, _endIndex belong to this element.
    private readonly int _startIndex;
    private readonly int _endIndex;

    internal UsageElement(JsonCaptures captures, UsageFields fields, ulong[] slotsByField, int startIndex, int endIndex, int position)
    {
        _captures = captures;
        _fields = fields;
        _slotsByField = slotsByField;
        _startIndex = startIndex;
        _endIndex = endIndex;
        Position = position;
    }

    /// <summary>Gets the position of the element in its array, counted from zero.</summary>
    public int Position { get; }

    /// <summary>Gets the JSON text of a value in this element, as the server sent it.</summary>
    /// <param name="field">A field whose path goes through the array, such as <c>choices[].finish_reason</c>.</param>
    /// <value>UTF-8 text. Empty when the element does not have the value. When a member is repeated, the last one counts.</value>
    /// <exception cref="ArgumentException">The document was not read with this field.</exception>
    public ReadOnlySpan<byte> this[UsageField field] =>
        _captures.GetLastText(UsageDocument.GetSlots(field, _fields, _slotsByField), _startIndex, _endIndex);

    /// <summary>Gets the index that the element states as a member, such as <c>choices[].index</c>; its <see cref="Position"/> when it states none.</summary>
    /// <param name="field">The field of the stated index.</param>
    /// <returns>
    /// An index from 0 to 1,023, which <see cref="UsageReport.RecordChoice"/> accepts. A stated index that is out of this range or not a whole
    /// number counts as zero, because most responses have only one choice. Elements without a stated index from position 1,023 on share the
    /// last index.
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
