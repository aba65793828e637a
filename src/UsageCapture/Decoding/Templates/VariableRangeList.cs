namespace UsageCapture.Decoding;

/// <summary>Collects the variable ranges of one event: the parts that may differ in the next event without a change of the record.</summary>
/// <remarks>
/// They may differ because no reader uses their content. <see cref="RepeatedEventSkipper"/> gets the ranges, in their order, and skips later
/// events that are equal everywhere else. Usage, for each event:
/// <code>
/// 1. JsonScanner.Reset   calls Clear.
/// 2. JsonScanner.Scan    sets PieceOffset, then calls Add for each range that it passes.
/// 3. SseFraming          gives Ranges to RepeatedEventSkipper.Learn, if IsComplete is true.
/// </code>
/// </remarks>
internal sealed class VariableRangeList
{
    /// <summary>
    /// The most ranges of one event. An event of a streamed chat has about ten. <see cref="EventTemplate"/> keeps one bit for each range in a 64-bit mask.
    /// </summary>
    public const int MaxRanges = 64;

    /// <summary>Given as the start of a range that began in an earlier piece of the body.</summary>
    public const int InEarlierPiece = -1;

    private PooledArray<VariableRange> _ranges;
    private int _count;

    /// <summary>Gets whether the list has every variable range of the event. If not, the event cannot become a template.</summary>
    public bool IsComplete { get; private set; } = true;

    /// <summary>Gets or sets the offset of the current piece in the event. An event may arrive in several pieces of the body.</summary>
    public int PieceOffset { get; set; }

    /// <summary>Gets the ranges. The span is valid until the list changes.</summary>
    public ReadOnlySpan<VariableRange> Ranges => _ranges.Items.AsSpan(0, _count);

    /// <summary>Removes all ranges, for the next event.</summary>
    public void Clear()
    {
        _count = 0;
        IsComplete = true;
    }

    /// <summary>Adds a range. If it began in an earlier piece, or the list is full, <see cref="IsComplete"/> becomes false.</summary>
    /// <param name="kind">The kind of the content.</param>
    /// <param name="start">The offset of the range in the current piece, or <see cref="InEarlierPiece"/>.</param>
    /// <param name="end">The offset of the first byte after the range in the current piece.</param>
    public void Add(VariableRangeKind kind, int start, int end)
    {
        if (start == InEarlierPiece || _count == MaxRanges)
        {
            IsComplete = false;
            return;
        }

        _ranges.EnsureCapacity(MaxRanges, keptCount: 0); // Rented with the first range, in its full size, so there is nothing to keep.
        _ranges.Items[_count++] = new VariableRange(kind, PieceOffset + start, end - start);
    }

    /// <summary>Removes all ranges and returns the pooled buffer.</summary>
    public void Release()
    {
        Clear();
        _ranges.Return();
    }
}
