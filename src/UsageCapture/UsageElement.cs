using UsageCapture.Decoding;

namespace UsageCapture;

/// <summary>The values that one element of an array has, such as one choice of several.</summary>
/// <remarks><see cref="UsageDocument.Each"/> gives it. It is valid as long as the document.</remarks>
public readonly ref struct UsageElement
{
    private readonly JsonCaptures _captures;
    private readonly UsageFields _fields;
    private readonly ulong[] _slots;

    // The range of the document's values that belong to the element.
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

    /// <summary>Gets the place of the element in its array, from zero up.</summary>
    public int Position { get; }

    /// <summary>Gets the JSON text of a field's value in this element.</summary>
    /// <param name="field">A field whose path goes through the array, as <c>choices[].finish_reason</c>.</param>
    /// <value>Empty when the element does not have the value.</value>
    /// <exception cref="ArgumentException">The field is not among the reader's.</exception>
    public ReadOnlySpan<byte> this[UsageField field] =>
        _captures.Last(UsageDocument.SlotsOf(field, _fields, _slots), _start, _end);

    /// <summary>Gets the index that the element states, for <see cref="UsageReport.RecordChoice"/>.</summary>
    /// <param name="field">The field of the index.</param>
    /// <returns>The element's place when it states none, as with Vertex AI. An index that cannot be one counts as zero.</returns>
    /// <exception cref="ArgumentException">The field is not among the reader's.</exception>
    public int GetIndex(UsageField field) => this[field] is { IsEmpty: false } index
        ? JsonValue.GetIndex(index, UsageReport.MaxChoices)
        : Math.Min(Position, UsageReport.MaxChoices - 1);
}
