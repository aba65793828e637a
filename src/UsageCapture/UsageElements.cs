using UsageCapture.Decoding;

namespace UsageCapture;

/// <summary>Enumerates the elements of an array in a document, for <c>foreach</c>.</summary>
/// <remarks>
/// The decoder notes the presence of an element first and its values behind it, so an element's values are those up to the next element.
/// </remarks>
public ref struct UsageElements
{
    private readonly JsonCaptures _captures;
    private readonly UsageFields _fields;
    private readonly ulong[] _slots;
    private readonly ulong _elementSlots;
    private int _start;
    private int _end;
    private int _count;

    internal UsageElements(JsonCaptures captures, UsageFields fields, ulong[] slots, ulong elementSlots)
    {
        _captures = captures;
        _fields = fields;
        _slots = slots;
        _elementSlots = elementSlots;
        _end = Next(0);
    }

    /// <summary>Gets the element at hand.</summary>
    public readonly UsageElement Current => new(_captures, _fields, _slots, _start, _end, _count - 1);

    /// <summary>Goes to the next element.</summary>
    /// <returns>False when there is none.</returns>
    public bool MoveNext()
    {
        if (_end >= _captures.Count)
        {
            return false;
        }

        _start = _end + 1;
        _end = Next(_start);
        _count++;
        return true;
    }

    /// <summary>Returns the enumerator itself, for <c>foreach</c>.</summary>
    public readonly UsageElements GetEnumerator() => this;

    private readonly int Next(int from)
    {
        while (from < _captures.Count && !_captures.IsIn(from, _elementSlots))
        {
            from++;
        }

        return from;
    }
}
