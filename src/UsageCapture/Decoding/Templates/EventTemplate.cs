namespace UsageCapture.Decoding;

/// <summary>A template for all events of one kind: the bytes that they share, and the ranges in which they differ.</summary>
/// <remarks>
/// <see cref="RepeatedEventSkipper"/> owns a few templates and asks each of them whether the next event is of its kind.
/// <para>
/// The chunks of a streamed response are equal byte for byte, except for the generated text and, with some servers, counters and padding.
/// To compare a chunk with the one before it takes a fraction of the time of scanning it, and the result is the same: a difference inside
/// a <see cref="VariableRange"/> is a difference in content that is not read, and all other bytes are equal.
/// </para>
/// <para>
/// A range is compared byte for byte until it has differed once. So a text that does not change stays inside a long fixed segment, which is
/// the bytes from one range that has differed to the next one:
/// </para>
/// <code>
/// data: {"object":"chunk","choices":[{"delta":{"content":"Hello"}}],"usage":null}
///                  -----                                  -----                    variable ranges; only the second has differed
/// ========================================================     ==================  fixed segments
/// </code>
/// </remarks>
internal sealed class EventTemplate
{
    // The event that was learned last.
    private PooledArray<byte> _event;
    private int _eventLength;

    // Its variable ranges, in their order.
    private PooledArray<VariableRange> _ranges;
    private int _rangeCount;

    // Bit i is set when range i has differed between two events.
    private ulong _differingRanges;

    // The bytes between the ranges that have differed. The last segment reaches to the end of the event.
    private PooledArray<FixedSegment> _segments;

    /// <summary>Gets whether no event has been learned.</summary>
    public bool IsEmpty => _eventLength == 0;

    /// <summary>Makes an event the first of a new kind. What was learned before is discarded.</summary>
    public void StartNewKind(ReadOnlySpan<byte> bytes, ReadOnlySpan<VariableRange> ranges)
    {
        _differingRanges = 0;
        Store(bytes, ranges);
    }

    /// <summary>Learns from another event in which ranges events of this kind differ.</summary>
    /// <returns>False if the event is of another kind, or if the template is empty; the template does not change.</returns>
    public bool TryRefine(ReadOnlySpan<byte> bytes, ReadOnlySpan<VariableRange> ranges)
    {
        if (IsEmpty || ranges.Length != _rangeCount)
        {
            return false;
        }

        ulong differing = _differingRanges;

        // The end of the range before: in the other event, and in the event of the template.
        int previousEnd = 0;
        int previousEndInTemplate = 0;

        // The last round compares the bytes after the last range.
        for (int i = 0; i <= ranges.Length; i++)
        {
            bool isLast = i == ranges.Length;
            VariableRange range = isLast ? new VariableRange(VariableRangeKind.None, bytes.Length, 0) : ranges[i];
            VariableRange templateRange = isLast ? new VariableRange(VariableRangeKind.None, _eventLength, 0) : _ranges.Items[i];
            ReadOnlySpan<byte> fixedBytes = _event.Items.AsSpan(previousEndInTemplate, templateRange.Start - previousEndInTemplate);
            if (range.Kind != templateRange.Kind || !bytes[previousEnd..range.Start].SequenceEqual(fixedBytes))
            {
                return false;
            }

            previousEnd = range.Start + range.Length;
            previousEndInTemplate = templateRange.Start + templateRange.Length;
            if (!bytes[range.Start..previousEnd].SequenceEqual(_event.Items.AsSpan(templateRange.Start, templateRange.Length)))
            {
                differing |= 1ul << i;
            }
        }

        _differingRanges = differing;
        Store(bytes, ranges);
        return true;
    }

    /// <summary>Compares bytes with the template, which must not be empty.</summary>
    /// <remarks>
    /// If a range differs for the first time, the template learns it: the segment with this range is split into two.
    /// </remarks>
    /// <param name="bytes">The bytes that follow those compared before.</param>
    /// <param name="position">
    /// The place in the template to go on from. It moves if the result is <see cref="TemplateMatch.Incomplete"/>, otherwise it stays.
    /// </param>
    /// <param name="length">How many of the bytes belong to the event, if the result is <see cref="TemplateMatch.Complete"/>.</param>
    public TemplateMatch Match(ReadOnlySpan<byte> bytes, ref TemplatePosition position, out int length)
    {
        int index = 0; // In the bytes. The place in the template is the segment and the offset in it.
        int segmentIndex = position.SegmentIndex;
        int offset = position.Offset;
        bool isInRange = position.IsInRange;
        bool isAfterBackslash = position.IsAfterBackslash;
        length = 0;
        while (true)
        {
            FixedSegment segment = _segments.Items[segmentIndex];
            if (!isInRange)
            {
                ReadOnlySpan<byte> expected = _event.Items.AsSpan(segment.Start + offset, segment.Length - offset);
                ReadOnlySpan<byte> rest = bytes[index..];
                bool isCut = rest.Length < expected.Length;
                if (!(isCut ? expected.StartsWith(rest) : rest.StartsWith(expected)))
                {
                    if (TrySplitSegment(segment.Start + offset, segment.Start + offset + expected.CommonPrefixLength(rest)))
                    {
                        continue; // With the same offset: a range after it was split off, so the segment only became shorter.
                    }

                    return TemplateMatch.Different;
                }

                if (isCut)
                {
                    position = new TemplatePosition(segmentIndex, offset + rest.Length, IsInRange: false, IsAfterBackslash: false);
                    return TemplateMatch.Incomplete;
                }

                index += expected.Length;
                if (segment.RangeAfter == VariableRangeKind.None)
                {
                    length = index;
                    return TemplateMatch.Complete;
                }
            }

            int rangeStart = index;
            TemplateMatch match = segment.RangeAfter switch
            {
                VariableRangeKind.String => VariableRangeSkipper.SkipString(bytes, ref index, ref isAfterBackslash),
                VariableRangeKind.Number => VariableRangeSkipper.SkipNumber(bytes, ref index, isInRange),
                _ => VariableRangeSkipper.SkipPadding(bytes, ref index),
            };
            if (match == TemplateMatch.Incomplete)
            {
                position = new TemplatePosition(segmentIndex, segment.Length, isInRange || index > rangeStart, isAfterBackslash);
            }

            if (match != TemplateMatch.Complete)
            {
                return match;
            }

            segmentIndex++;
            offset = 0;
            isInRange = false;
        }
    }

    /// <summary>Gets the bytes of an event that has matched up to a position, in pieces, to decode them after all.</summary>
    /// <remarks>
    /// The content of the variable ranges was not stored. No reader uses it, so an empty string, a zero or no padding gives the same result.
    /// </remarks>
    public IEnumerable<ReadOnlyMemory<byte>> GetMatchedPrefix(TemplatePosition position)
    {
        for (int i = 0; i <= position.SegmentIndex; i++)
        {
            FixedSegment segment = _segments.Items[i];
            bool isLast = i == position.SegmentIndex;
            yield return _event.Items.AsMemory(segment.Start, isLast ? position.Offset : segment.Length);
            if (!isLast || position.IsInRange)
            {
                yield return segment.RangeAfter == VariableRangeKind.Number ? "0"u8.ToArray() : default(ReadOnlyMemory<byte>);
            }
        }

        if (position.IsAfterBackslash)
        {
            yield return "\\"u8.ToArray();
        }
    }

    /// <summary>Discards what was learned and returns the pooled buffers.</summary>
    public void Clear()
    {
        _eventLength = 0;
        _event.Return();
        _ranges.Return();
        _segments.Return();
    }

    /// <summary>Splits a segment at the range in which another event differs for the first time.</summary>
    /// <param name="comparedFrom">The offset in this event of the first byte that was compared now.</param>
    /// <param name="differenceOffset">The offset in this event of the first different byte.</param>
    /// <returns>False if the events differ outside the ranges, or in a range that begins before <paramref name="comparedFrom"/>.</returns>
    private bool TrySplitSegment(int comparedFrom, int differenceOffset)
    {
        for (int i = 0; i < _rangeCount; i++)
        {
            VariableRange range = _ranges.Items[i];
            if (range.Start > differenceOffset)
            {
                break;
            }

            // If the other event has more bytes in the range, the first different byte is the one after the range.
            if (range.Start >= comparedFrom && differenceOffset <= range.Start + range.Length && (_differingRanges & (1ul << i)) == 0)
            {
                _differingRanges |= 1ul << i;
                BuildSegments();
                return true;
            }
        }

        return false;
    }

    /// <summary>Replaces the event of the template. It is the same kind, but its ranges may have other offsets.</summary>
    private void Store(ReadOnlySpan<byte> bytes, ReadOnlySpan<VariableRange> ranges)
    {
        _event.EnsureCapacity(bytes.Length, keptCount: 0);
        bytes.CopyTo(_event.Items);
        _eventLength = bytes.Length;
        _ranges.EnsureCapacity(VariableRangeList.MaxRanges, keptCount: 0);
        ranges.CopyTo(_ranges.Items);
        _rangeCount = ranges.Length;
        BuildSegments();
    }

    /// <summary>Divides the event into segments at the ranges that have differed.</summary>
    private void BuildSegments()
    {
        _segments.EnsureCapacity(VariableRangeList.MaxRanges + 1, keptCount: 0);
        int count = 0;
        int start = 0;
        for (int i = 0; i < _rangeCount; i++)
        {
            if ((_differingRanges & (1ul << i)) != 0)
            {
                VariableRange range = _ranges.Items[i];
                _segments.Items[count++] = new FixedSegment(range.Kind, start, range.Start - start);
                start = range.Start + range.Length;
            }
        }

        _segments.Items[count] = new FixedSegment(VariableRangeKind.None, start, _eventLength - start);
    }

    /// <summary>Bytes that all events of the kind share.</summary>
    /// <param name="RangeAfter">The kind of the variable range after them; <see cref="VariableRangeKind.None"/> when the event ends there.</param>
    /// <param name="Start">The offset of the first byte in the event.</param>
    /// <param name="Length">Their number.</param>
    private readonly record struct FixedSegment(VariableRangeKind RangeAfter, int Start, int Length);
}
