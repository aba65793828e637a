namespace UsageCapture.Decoding;

/// <summary>What a <see cref="JsonScanner"/> found in one document, in the document's order.</summary>
/// <remarks>One instance serves a whole response: it is emptied for each document, and what it hands out is valid until then.</remarks>
internal sealed class JsonCaptures
{
    /// <summary>The most text that is kept of one document. The largest usage objects seen are under 2 KiB.</summary>
    public const int MaxLength = 64 * 1024;

    // A request for 128 choices, the most that OpenAI allows, yields 385 entries.
    private const int MaxCount = 1024;

    private const int UsualLength = 512;
    private const int UsualCount = 32;

    private PooledArray<(int Slot, int Start, int Length)> _entries;
    private PooledArray<byte> _text;
    private int _length;

    // The set of the slots that parts were found for. Most questions are for parts that are absent.
    private ulong _slots;
    private int _openSlot = JsonShape.NoSlot;
    private int _openStart;

    /// <summary>Gets how many parts were found.</summary>
    public int Count { get; private set; }

    /// <summary>Gets whether something wanted was larger than what is kept, and was left out.</summary>
    public bool IsOverfull { get; private set; }

    /// <summary>Gets whether the part at that place has one of the slots.</summary>
    public bool IsIn(int index, ulong slots) => (slots & (1ul << _entries.Items[index].Slot)) != 0;

    /// <summary>Gets the JSON text of the part at that place; empty for one of which only the presence was noted.</summary>
    public ReadOnlySpan<byte> Text(int index)
    {
        (int _, int start, int length) = _entries.Items[index];
        return _text.Items.AsSpan(start, length);
    }

    /// <summary>Gets the text of the last part that has one of the slots; empty when there is none.</summary>
    /// <remarks>Of a name that comes twice the last counts, as for most JSON parsers.</remarks>
    public ReadOnlySpan<byte> Last(ulong slots) => (_slots & slots) == 0 ? default : Last(slots, 0, Count);

    /// <summary>Gets the text of the last part in a range that has one of the slots; empty when there is none.</summary>
    public ReadOnlySpan<byte> Last(ulong slots, int start, int end)
    {
        for (int i = end - 1; i >= start; i--)
        {
            if (IsIn(i, slots))
            {
                return Text(i);
            }
        }

        return default;
    }

    /// <summary>Gets whether a part has one of the slots and is not null.</summary>
    public bool Has(ulong slots)
    {
        for (int i = 0; i < Count && (_slots & slots) != 0; i++)
        {
            if (IsIn(i, slots) && Text(i) is not [(byte)'n', ..])
            {
                return true;
            }
        }

        return false;
    }

    public void Clear()
    {
        Count = 0;
        _slots = 0;
        _length = 0;
        _openSlot = JsonShape.NoSlot;
        IsOverfull = false;
    }

    /// <summary>Gives the memory back.</summary>
    public void Release()
    {
        Clear();
        _entries.Return();
        _text.Return();
    }

    /// <summary>Notes a part of which only the presence counts.</summary>
    public void Announce(int slot) => Add(slot, _length, 0);

    /// <summary>Adds a part whose whole text is at hand.</summary>
    public void Add(int slot, ReadOnlySpan<byte> text)
    {
        if (_length + text.Length > MaxLength)
        {
            IsOverfull = true;
            return;
        }

        int start = _length;
        Copy(text);
        Add(slot, start, text.Length);
    }

    /// <summary>Begins a part whose text comes in pieces.</summary>
    public void Open(int slot)
    {
        _openSlot = slot;
        _openStart = _length;
    }

    /// <summary>Adds text to the open part. Past the limit the part is given up.</summary>
    public void Append(ReadOnlySpan<byte> text)
    {
        if (_openSlot == JsonShape.NoSlot)
        {
            return;
        }

        if (_length + text.Length > MaxLength)
        {
            _length = _openStart;
            _openSlot = JsonShape.NoSlot;
            IsOverfull = true;
            return;
        }

        Copy(text);
    }

    /// <summary>Ends the open part.</summary>
    public void Close()
    {
        if (_openSlot != JsonShape.NoSlot)
        {
            Add(_openSlot, _openStart, _length - _openStart);
            _openSlot = JsonShape.NoSlot;
        }
    }

    private void Copy(ReadOnlySpan<byte> text)
    {
        _text.EnsureCapacity(Math.Max(_length + text.Length, UsualLength), _length);
        text.CopyTo(_text.Items.AsSpan(_length));
        _length += text.Length;
    }

    private void Add(int slot, int start, int length)
    {
        if (Count == MaxCount)
        {
            IsOverfull = true;
            return;
        }

        if (Count == _entries.Items.Length)
        {
            _entries.EnsureCapacity(Math.Max(Count + 1, UsualCount), Count);
        }

        _entries.Items[Count++] = (slot, start, length);
        _slots |= 1ul << slot;
    }
}
