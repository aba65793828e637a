using UsageCapture.Decoding;

namespace UsageCapture;

/// <summary>Enumerates the elements of an array in a document: <c>foreach (UsageElement choice in document.Each(Choices))</c>.</summary>
/// <remarks>
/// The decoder captures the presence of each element before its values. So the values of an element are all captures up to the next
/// element.
/// </remarks>
public ref struct UsageElements
{
    // The values that the decoder found in the document, in the order of the document.
    private readonly JsonCaptures _captures;
    private readonly UsageFields _fields;

    // For each field, a bit set of its slots. A slot is the number under which the decoder captures the values of one path.
    private readonly ulong[] _slots;

    // The slots under which the presence of an element is captured.
    private readonly ulong _elementSlots;

    // The captures from index _start up to, but not including, index _end belong to the current element. At _end is the next element.
    private int _start;
    private int _end;
    private int _count;

    internal UsageElements(JsonCaptures captures, UsageFields fields, ulong[] slots, ulong elementSlots)
    {
        _captures = captures;
        _fields = fields;
        _slots = slots;
        _elementSlots = elementSlots;
        _end = FindElement(0);
    }

    /// <summary>Gets the current element. Call <see cref="MoveNext"/> first.</summary>
    public readonly UsageElement Current => new(_captures, _fields, _slots, _start, _end, _count - 1);

    /// <summary>Moves to the next element.</summary>
    /// <returns>False when there are no more elements.</returns>
    public bool MoveNext()
    {
        if (_end >= _captures.Count)
        {
            return false;
        }

        _start = _end + 1;
        _end = FindElement(_start);
        _count++;
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
