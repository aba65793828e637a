namespace UsageCapture.Decoding;

/// <summary>The holes of the event that is being read, in its order.</summary>
internal sealed class VariableRangeList
{
    /// <summary>The most holes of one event; one with more is not worth comparing.</summary>
    public const int MaxCount = 64;

    /// <summary>The place of a hole's beginning that lies in an earlier piece.</summary>
    public const int Earlier = -1;

    private PooledArray<VariableRange> _holes;
    private int _count;

    /// <summary>Gets whether every hole of the event is noted.</summary>
    public bool AreWhole { get; private set; } = true;

    /// <summary>Gets or sets where the piece at hand stands in the event.</summary>
    public int Origin { get; set; }

    /// <summary>Gets the holes.</summary>
    public ReadOnlySpan<VariableRange> Noted => _holes.Items.AsSpan(0, _count);

    public void Clear()
    {
        _count = 0;
        AreWhole = true;
    }

    /// <summary>Notes a hole.</summary>
    /// <param name="kind">What stands there.</param>
    /// <param name="start">Where it begins in the piece at hand; <see cref="Earlier"/> makes the holes incomplete.</param>
    /// <param name="end">Where it ends in the piece at hand.</param>
    public void Note(VariableRangeKind kind, int start, int end)
    {
        if (start == Earlier || _count == MaxCount)
        {
            AreWhole = false;
            return;
        }

        _holes.Fit(MaxCount, kept: 0);
        _holes.Items[_count++] = new VariableRange(kind, Origin + start, end - start);
    }

    /// <summary>Gives the memory back.</summary>
    public void Release()
    {
        _count = 0;
        _holes.Return();
    }
}
