using UsageCapture.Decoding;

namespace UsageCapture;

/// <summary>Enumerates the elements of an array in a document: <c>foreach (UsageElement choice in document.Each(Choices))</c>.</summary>
/// <remarks>
/// The decoder captures the presence of each element before its values. So the captures of an element go up to the next element. Those of
/// the last one go up to the end of the document, so they include what comes after the array. This does no harm, because a reader asks an
/// element only for fields inside the array. Elements of nested arrays, such as <c>choices[].parts[]</c>, are enumerated one after another.
/// </remarks>
public ref struct UsageElements
{
    // The values that the decoder found in the document, in the order of the document.
    private readonly JsonCaptures _captures;
    private readonly UsageFields _fields;

    // For each field, a bit set of its slots. A slot is the number under which the decoder captures the values of one path. A field may have
    // several alternative paths.
    private readonly ulong[] _slotsByField;

    // The slots under which the presence of an element is captured.
    private readonly ulong _elementSlots;

    // The captures of the current element begin after its presence and end before the next element.
    private int _firstCapture;
    private int _nextElement;

    // The position of the current element in the array.
    private int _position = -1;

    internal UsageElements(JsonCaptures captures, UsageFields fields, ulong[] slotsByField, ulong elementSlots)
    {
        _captures = captures;
        _fields = fields;
        _slotsByField = slotsByField;
        _elementSlots = elementSlots;
        _nextElement = FindElement(0);
    }

    /// <summary>Gets the current element. Call <see cref="MoveNext"/> first.</summary>
    public readonly UsageElement Current => new(_captures, _fields, _slotsByField, _firstCapture, _nextElement, _position);

    /// <summary>Moves to the next element.</summary>
    /// <returns>False when there are no more elements.</returns>
    public bool MoveNext()
    {
        if (_nextElement >= _captures.Count)
        {
            return false;
        }

        _firstCapture = _nextElement + 1;
        _nextElement = FindElement(_firstCapture);
        _position++;
        return true;
    }

    /// <summary>Returns this enumerator, so that <c>foreach</c> accepts it.</summary>
    public readonly UsageElements GetEnumerator() => this;

    /// <summary>Finds the first element at or after a capture; the number of captures when there is none.</summary>
    private readonly int FindElement(int firstIndex)
    {
        int index = firstIndex;
        while (index < _captures.Count && !_captures.HasSlot(index, _elementSlots))
        {
            index++;
        }

        return index;
    }
}
