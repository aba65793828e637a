namespace UsageCapture.Decoding;

/// <summary>The holes of the event that is being read, in its order.</summary>
internal sealed class EventHoles
{
    /// <summary>The most holes of one event; one with more is not worth comparing.</summary>
    public const int MaxCount = 64;

    private Borrowed<EventHole> _holes;
    private int _count;

    /// <summary>Gets whether every hole of the event is noted.</summary>
    public bool AreWhole { get; private set; } = true;

    /// <summary>Gets the holes.</summary>
    public ReadOnlySpan<EventHole> Noted => _holes.Items.AsSpan(0, _count);

    public void Clear()
    {
        _count = 0;
        AreWhole = true;
    }

    /// <summary>Notes a hole.</summary>
    public void Add(EventHoleKind kind, int start, int end)
    {
        if (_count == MaxCount)
        {
            AreWhole = false;
            return;
        }

        _holes.Fit(MaxCount, kept: 0);
        _holes.Items[_count++] = new EventHole(kind, start, end - start);
    }

    /// <summary>Notes that the event has a hole which cannot be told.</summary>
    public void Miss() => AreWhole = false;

    /// <summary>Gives the memory back.</summary>
    public void Release()
    {
        _count = 0;
        _holes.Return();
    }
}
