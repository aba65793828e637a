namespace UsageCapture.Decoding;

/// <summary>What a <see cref="JsonScanner"/> found in one document, in the document's order.</summary>
/// <remarks>One instance serves a whole response: it is emptied for each document, and what it hands out is valid until then.</remarks>
internal sealed class JsonCaptures
{
    /// <summary>The most text that is kept of one document. The largest usage objects seen are under 2 KiB.</summary>
    public const int MaxLength = 64 * 1024;

    // A request for 128 choices, the most that OpenAI allows, yields 385 entries.
    private const int MaxCount = 1024;

    private readonly List<(int Slot, int Start, int Length)> _entries = [];
    private byte[] _text = [];
    private int _length;
    private int _openSlot = JsonShape.NoSlot;
    private int _openStart;

    /// <summary>Gets how many parts were found.</summary>
    public int Count => _entries.Count;

    /// <summary>Gets whether something wanted was larger than what is kept, and was left out.</summary>
    public bool IsOverfull { get; private set; }

    /// <summary>Gets the slot of the part at that place.</summary>
    public int Slot(int index) => _entries[index].Slot;

    /// <summary>Gets the JSON text of the part at that place; empty for one that was only announced.</summary>
    public ReadOnlySpan<byte> Text(int index)
    {
        (int _, int start, int length) = _entries[index];
        return _text.AsSpan(start, length);
    }

    /// <summary>Gets the text of the last part with that slot, for of a name that comes twice the last counts; empty when there is none.</summary>
    public ReadOnlySpan<byte> Last(int slot)
    {
        for (int i = _entries.Count - 1; i >= 0; i--)
        {
            if (_entries[i].Slot == slot)
            {
                return Text(i);
            }
        }

        return default;
    }

    /// <summary>Gets whether there is a part with that slot.</summary>
    public bool Has(int slot)
    {
        foreach ((int found, int _, int _) in _entries)
        {
            if (found == slot)
            {
                return true;
            }
        }

        return false;
    }

    public void Clear()
    {
        _entries.Clear();
        _length = 0;
        _openSlot = JsonShape.NoSlot;
        IsOverfull = false;
    }

    /// <summary>Notes a part of which only the presence counts.</summary>
    public void Announce(int slot) => Add(slot, _length, 0);

    /// <summary>Begins a part whose text follows.</summary>
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

        if (_length + text.Length > _text.Length)
        {
            Array.Resize(ref _text, Math.Max(_length + text.Length, Math.Max(512, _text.Length * 2)));
        }

        text.CopyTo(_text.AsSpan(_length));
        _length += text.Length;
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

    private void Add(int slot, int start, int length)
    {
        if (_entries.Count == MaxCount)
        {
            IsOverfull = true;
            return;
        }

        _entries.Add((slot, start, length));
    }
}
