using System.Buffers;

namespace UsageCapture.Decoding;

/// <summary>What events of one kind have in common: the bytes of one of them, and where others may differ from it.</summary>
/// <remarks>
/// The chunks of a streamed answer are the same to the byte but for the text in them and, with some servers, padding and counters.
/// Comparing a chunk with the one before takes a fraction of the time of reading it, and proves as much: what nobody wants may differ
/// inside its quotes, and everything else is equal.
/// </remarks>
internal sealed class EventTemplate
{
    private static readonly SearchValues<byte> NumberBytes = SearchValues.Create("0123456789+-.eE"u8);

    private PooledArray<byte> _event;
    private int _length;
    private PooledArray<VariableRange> _holes;
    private int _holeCount;

    // Which of the holes have been seen to differ; the others are compared as they stand.
    private ulong _varying;

    // The stretches to compare, each up to a hole that varies, the last up to the end.
    private PooledArray<VariableRange> _stretches;

    /// <summary>Gets whether anything has been learned.</summary>
    public bool IsEmpty => _length == 0;

    /// <summary>Learns an event as the first of its kind.</summary>
    public void Begin(ReadOnlySpan<byte> bytes, ReadOnlySpan<VariableRange> holes)
    {
        _varying = 0;
        Keep(bytes, holes);
    }

    /// <summary>Learns from another event where those of its kind may differ.</summary>
    /// <returns>False when it is of another kind.</returns>
    public bool TryRefine(ReadOnlySpan<byte> bytes, ReadOnlySpan<VariableRange> holes)
    {
        if (IsEmpty || holes.Length != _holeCount)
        {
            return false;
        }

        ulong varying = _varying;
        int before = 0;
        int knownBefore = 0;
        for (int i = 0; i <= holes.Length; i++)
        {
            bool isLast = i == holes.Length;
            VariableRange hole = isLast ? new VariableRange(VariableRangeKind.None, bytes.Length, 0) : holes[i];
            VariableRange known = isLast ? new VariableRange(VariableRangeKind.None, _length, 0) : _holes.Items[i];
            if (hole.Kind != known.Kind || !bytes[before..hole.Start].SequenceEqual(_event.Items.AsSpan(knownBefore, known.Start - knownBefore)))
            {
                return false;
            }

            before = hole.Start + hole.Length;
            knownBefore = known.Start + known.Length;
            if (!bytes[hole.Start..before].SequenceEqual(_event.Items.AsSpan(known.Start, known.Length)))
            {
                varying |= 1ul << i;
            }
        }

        _varying = varying;
        Keep(bytes, holes);
        return true;
    }

    /// <summary>Compares bytes with the pattern.</summary>
    /// <param name="bytes">The bytes that follow what was compared before.</param>
    /// <param name="progress">Where the comparison stands; moved on when the bytes run out, and otherwise left.</param>
    /// <param name="length">How many of the bytes the rest of the event takes, when it is of the kind.</param>
    public TemplateMatch Match(ReadOnlySpan<byte> bytes, ref TemplatePosition progress, out int length)
    {
        int position = 0;
        int stretch = progress.Stretch;
        int offset = progress.Offset;
        bool isInHole = progress.IsInHole;
        bool isAfterBackslash = progress.IsAfterBackslash;
        length = 0;
        while (true)
        {
            VariableRange next = _stretches.Items[stretch];
            if (!isInHole)
            {
                ReadOnlySpan<byte> expected = _event.Items.AsSpan(next.Start + offset, next.Length - offset);
                ReadOnlySpan<byte> rest = bytes[position..];
                bool isCut = rest.Length < expected.Length;
                if (!(isCut ? expected.StartsWith(rest) : rest.StartsWith(expected)))
                {
                    if (TryWiden(next.Start + offset, next.Start + offset + expected.CommonPrefixLength(rest)))
                    {
                        continue;
                    }

                    return TemplateMatch.Different;
                }

                if (isCut)
                {
                    progress = new TemplatePosition(stretch, offset + rest.Length, IsInHole: false, IsAfterBackslash: false);
                    return TemplateMatch.Open;
                }

                position += expected.Length;
                if (next.Kind == VariableRangeKind.None)
                {
                    length = position;
                    return TemplateMatch.Same;
                }
            }

            int holeStart = position;
            TemplateMatch passed = next.Kind switch
            {
                VariableRangeKind.String => PassString(bytes, ref position, ref isAfterBackslash),
                VariableRangeKind.Number => PassNumber(bytes, ref position, isInHole),
                _ => PassPadding(bytes, ref position),
            };
            if (passed == TemplateMatch.Open)
            {
                progress = new TemplatePosition(stretch, next.Length, isInHole || position > holeStart, isAfterBackslash);
            }

            if (passed != TemplateMatch.Same)
            {
                return passed;
            }

            stretch++;
            offset = 0;
            isInHole = false;
        }
    }

    /// <summary>Gives back what was compared so far, in pieces, with something as good in the place of what stood in the holes.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> Compared(TemplatePosition progress)
    {
        for (int i = 0; i <= progress.Stretch; i++)
        {
            VariableRange stretch = _stretches.Items[i];
            bool isLast = i == progress.Stretch;
            yield return _event.Items.AsMemory(stretch.Start, isLast ? progress.Offset : stretch.Length);
            if (!isLast || progress.IsInHole)
            {
                yield return stretch.Kind == VariableRangeKind.Number ? "0"u8.ToArray() : default(ReadOnlyMemory<byte>);
            }
        }

        if (progress.IsAfterBackslash)
        {
            yield return "\\"u8.ToArray();
        }
    }

    /// <summary>Gives its memory back, and everything learned with it.</summary>
    public void Release()
    {
        _length = 0;
        _event.Return();
        _holes.Return();
        _stretches.Return();
    }

    /// <summary>Lets the hole vary in which another event differs for the first time.</summary>
    /// <param name="from">Where in this event the other one is at hand from.</param>
    /// <param name="difference">Where the two differ.</param>
    /// <returns>False when they differ outside the holes, or in one whose beginning is not at hand.</returns>
    private bool TryWiden(int from, int difference)
    {
        for (int i = 0; i < _holeCount; i++)
        {
            VariableRange hole = _holes.Items[i];
            if (hole.Start > difference)
            {
                break;
            }

            // The byte behind a hole is where an event differs that has more in it.
            if (hole.Start >= from && difference <= hole.Start + hole.Length && (_varying & (1ul << i)) == 0)
            {
                _varying |= 1ul << i;
                Divide();
                return true;
            }
        }

        return false;
    }

    private static TemplateMatch PassString(ReadOnlySpan<byte> bytes, ref int position, ref bool isAfterBackslash)
    {
        while (position < bytes.Length)
        {
            if (isAfterBackslash)
            {
                if (bytes[position] is (byte)'\r' or (byte)'\n')
                {
                    return TemplateMatch.Different;
                }

                isAfterBackslash = false;
                position++;
                continue;
            }

            // A line end inside a string would end the event's data, and make another event of it.
            int end = ShortSearch.IndexOfStringEnd(bytes[position..]);
            if (end < 0)
            {
                break;
            }

            position += end;
            switch (bytes[position])
            {
                case (byte)'"':
                    return TemplateMatch.Same;
                case (byte)'\\':
                    isAfterBackslash = true;
                    position++;
                    break;
                default:
                    return TemplateMatch.Different;
            }
        }

        return TemplateMatch.Open;
    }

    private static TemplateMatch PassNumber(ReadOnlySpan<byte> bytes, ref int position, bool hasBegun)
    {
        ReadOnlySpan<byte> rest = bytes[position..];
        if (!hasBegun && !rest.IsEmpty && rest[0] is not ((byte)'-' or (>= (byte)'0' and <= (byte)'9')))
        {
            return TemplateMatch.Different;
        }

        return Pass(rest.IndexOfAnyExcept(NumberBytes), bytes.Length, ref position);
    }

    private static TemplateMatch PassPadding(ReadOnlySpan<byte> bytes, ref int position) =>
        Pass(bytes[position..].IndexOfAnyExcept((byte)' '), bytes.Length, ref position);

    private static TemplateMatch Pass(int end, int length, ref int position)
    {
        position = end < 0 ? length : position + end;
        return end < 0 ? TemplateMatch.Open : TemplateMatch.Same;
    }

    private void Keep(ReadOnlySpan<byte> bytes, ReadOnlySpan<VariableRange> holes)
    {
        _event.Fit(bytes.Length, kept: 0);
        bytes.CopyTo(_event.Items);
        _length = bytes.Length;
        _holes.Fit(VariableRangeList.MaxCount, kept: 0);
        holes.CopyTo(_holes.Items);
        _holeCount = holes.Length;
        Divide();
    }

    /// <summary>Divides the event into the stretches between the holes that vary.</summary>
    private void Divide()
    {
        _stretches.Fit(VariableRangeList.MaxCount + 1, kept: 0);
        int count = 0;
        int start = 0;
        for (int i = 0; i < _holeCount; i++)
        {
            if ((_varying & (1ul << i)) != 0)
            {
                VariableRange hole = _holes.Items[i];
                _stretches.Items[count++] = new VariableRange(hole.Kind, start, hole.Start - start);
                start = hole.Start + hole.Length;
            }
        }

        _stretches.Items[count] = new VariableRange(VariableRangeKind.None, start, _length - start);
    }
}
