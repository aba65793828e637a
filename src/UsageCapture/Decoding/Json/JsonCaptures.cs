namespace UsageCapture.Decoding;

/// <summary>The wanted values of one document, in the order in which they come in it.</summary>
/// <remarks>
/// <para>
/// The <see cref="JsonScanner"/> adds a value with <see cref="Add(int, ReadOnlySpan{byte})"/> when its text is in one piece, with
/// <see cref="Open"/>, <see cref="Append"/> and <see cref="Close"/> when the text comes in several, and with <see cref="AddPresence"/>
/// when only its presence is wanted. Readers then ask by slot: the number, below 64, that a <see cref="JsonShape"/> gives to a wanted value.
/// A set of slots is a 64-bit number with one bit for each slot.
/// </para>
/// <para>One instance serves a whole response. It is cleared for each document, and the texts that it returned are invalid then.</para>
/// </remarks>
internal sealed class JsonCaptures
{
    /// <summary>The most bytes of text that are kept of one document. The largest usage objects that were seen have less than 2 KiB.</summary>
    public const int MaxTextLength = 64 * 1024;

    // OpenAI allows 128 choices. With three values for each choice, such a response has fewer than 400 values.
    private const int MaxValues = 1024;

    // Most chunks need less than this, so the buffers of most responses are rented once.
    private const int InitialTextLength = 512;
    private const int InitialValueCount = 32;

    private PooledArray<(int Slot, int Start, int Length)> _values;
    private PooledArray<byte> _text;
    private int _textLength;

    // The slots of all values. A question for a slot that the document does not have, as most are, needs no search.
    private ulong _slots;

    // The slot of the value whose text comes in pieces. NoSlot when there is no such value, and when the value is too long and is dropped.
    private int _openSlot = JsonShape.NoSlot;

    // Where its text starts in the text of all values.
    private int _openTextStart;

    /// <summary>Gets the number of values.</summary>
    public int Count { get; private set; }

    /// <summary>Gets whether a value was left out because the limits of text or of values were reached.</summary>
    public bool IsOversized { get; private set; }

    /// <summary>Gets whether there is a value that has one of the slots, also when it is null.</summary>
    public bool HasAny(ulong slots) => (_slots & slots) != 0;

    /// <summary>Gets whether the value at an index has one of the slots.</summary>
    public bool HasSlot(int index, ulong slots) => (slots & (1ul << _values.Items[index].Slot)) != 0;

    /// <summary>Gets the JSON text of the value at an index; empty when only its presence was wanted.</summary>
    public ReadOnlySpan<byte> GetText(int index)
    {
        (int _, int start, int length) = _values.Items[index];
        return _text.Items.AsSpan(start, length);
    }

    /// <summary>Gets the text of the last value that has one of the slots; empty when there is none.</summary>
    /// <remarks>When a member comes twice, the last one counts, as in most JSON parsers.</remarks>
    public ReadOnlySpan<byte> GetLastText(ulong slots) => HasAny(slots) ? GetLastText(slots, 0, Count) : default;

    /// <summary>Gets the text of the last value in a range of indexes that has one of the slots; empty when there is none.</summary>
    public ReadOnlySpan<byte> GetLastText(ulong slots, int startIndex, int endIndex)
    {
        for (int i = endIndex - 1; i >= startIndex; i--)
        {
            if (HasSlot(i, slots))
            {
                return GetText(i);
            }
        }

        return default;
    }

    /// <summary>Gets whether there is a value that has one of the slots and is not the literal <c>null</c>.</summary>
    public bool HasNonNull(ulong slots)
    {
        if (!HasAny(slots))
        {
            return false;
        }

        for (int i = 0; i < Count; i++)
        {
            bool isNull = GetText(i) is [(byte)'n', ..]; // No other JSON value begins with this letter.
            if (HasSlot(i, slots) && !isNull)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Removes all values, for the next document.</summary>
    public void Clear()
    {
        Count = 0;
        _slots = 0;
        _textLength = 0;
        _openSlot = JsonShape.NoSlot;
        IsOversized = false;
    }

    /// <summary>Removes all values and returns the pooled buffers.</summary>
    public void Release()
    {
        Clear();
        _values.Return();
        _text.Return();
    }

    /// <summary>Adds a value of which only the presence is wanted.</summary>
    public void AddPresence(int slot) => Add(slot, _textLength, 0);

    /// <summary>Adds a value whose whole text is at hand.</summary>
    public void Add(int slot, ReadOnlySpan<byte> text)
    {
        if (_textLength + text.Length > MaxTextLength)
        {
            IsOversized = true;
            return;
        }

        int start = _textLength;
        Copy(text);
        Add(slot, start, text.Length);
    }

    /// <summary>Begins a value whose text comes in pieces. No other value may be added before <see cref="Close"/>.</summary>
    public void Open(int slot)
    {
        _openSlot = slot;
        _openTextStart = _textLength;
    }

    /// <summary>Appends text to the open value. When the text is longer than the limit, the value is left out.</summary>
    public void Append(ReadOnlySpan<byte> text)
    {
        if (_openSlot == JsonShape.NoSlot)
        {
            return;
        }

        if (_textLength + text.Length > MaxTextLength)
        {
            _textLength = _openTextStart;
            _openSlot = JsonShape.NoSlot;
            IsOversized = true;
            return;
        }

        Copy(text);
    }

    /// <summary>Ends the open value.</summary>
    public void Close()
    {
        if (_openSlot != JsonShape.NoSlot)
        {
            Add(_openSlot, _openTextStart, _textLength - _openTextStart);
            _openSlot = JsonShape.NoSlot;
        }
    }

    private void Copy(ReadOnlySpan<byte> text)
    {
        _text.EnsureCapacity(Math.Max(_textLength + text.Length, InitialTextLength), keptCount: _textLength);
        text.CopyTo(_text.Items.AsSpan(_textLength));
        _textLength += text.Length;
    }

    private void Add(int slot, int start, int length)
    {
        if (Count == MaxValues)
        {
            IsOversized = true;
            return;
        }

        if (Count == _values.Items.Length)
        {
            _values.EnsureCapacity(Math.Max(Count + 1, InitialValueCount), keptCount: Count);
        }

        _values.Items[Count++] = (slot, start, length);
        _slots |= 1ul << slot;
    }
}
