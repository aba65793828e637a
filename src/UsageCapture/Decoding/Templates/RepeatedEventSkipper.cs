namespace UsageCapture.Decoding;

/// <summary>The kinds of events that a stream repeats and that say nothing new, so that more of them can be passed over.</summary>
/// <remarks>
/// Events that were read and said nothing new are learned. What the stream then says that is new makes all of it forgotten, for an
/// event that was old before it may be new after it.
/// </remarks>
internal sealed class RepeatedEventSkipper
{
    // Choices that take turns are kinds of their own; more than so many at once are read one by one.
    private const int MaxPatterns = 4;

    // A longer event is not repeated often enough to be worth keeping.
    private const int MaxLength = 4 * 1024;

    private readonly EventTemplate?[] _patterns = new EventTemplate?[MaxPatterns];
    private int _next;
    private EventTemplate? _current;
    private TemplatePosition _progress;

    /// <summary>Gets whether an event has been passed over in part.</summary>
    public bool IsInEvent => _progress.IsUnderWay;

    /// <summary>Passes over events of known kinds, also the part of one that the bytes end with.</summary>
    /// <param name="bytes">Bytes that begin with an event, or with the rest of the one that was passed over in part.</param>
    /// <returns>
    /// How many bytes were passed over. When they begin with the rest of an event and that turns out to be of no known kind, none:
    /// <see cref="TakeBack"/> gives back what was passed over of it.
    /// </returns>
    public int Pass(ReadOnlySpan<byte> bytes)
    {
        int passed = 0;
        while (_current is not null && passed < bytes.Length)
        {
            bool isContinued = _progress.IsUnderWay;
            switch (_current.Match(bytes[passed..], ref _progress, out int length))
            {
                case TemplateMatch.Same:
                    _progress = default;
                    passed += length;
                    break;
                case TemplateMatch.Open:
                    return bytes.Length;
                default:
                    if (isContinued || !TryOthers(bytes[passed..]))
                    {
                        return passed;
                    }

                    break;
            }
        }

        return passed;
    }

    /// <summary>Gives back what was passed over of an event, to be read after all.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> TakeBack()
    {
        TemplatePosition progress = _progress;
        _progress = default;
        return _current!.Compared(progress);
    }

    /// <summary>Learns an event that said nothing new.</summary>
    public void Learn(ReadOnlySpan<byte> bytes, ReadOnlySpan<VariableRange> holes)
    {
        if (bytes.Length > MaxLength)
        {
            return;
        }

        foreach (EventTemplate? pattern in _patterns)
        {
            if (pattern is not null && pattern.TryRefine(bytes, holes))
            {
                _current = pattern;
                return;
            }
        }

        _current = _patterns[_next] ??= new EventTemplate();
        _current.Begin(bytes, holes);
        _next = (_next + 1) % MaxPatterns;
    }

    /// <summary>Forgets everything, and gives its memory back.</summary>
    public void Forget()
    {
        _current = null;
        foreach (EventTemplate? pattern in _patterns)
        {
            pattern?.Release();
        }
    }

    private bool TryOthers(ReadOnlySpan<byte> bytes)
    {
        foreach (EventTemplate? pattern in _patterns)
        {
            TemplatePosition progress = default;
            if (pattern is { IsEmpty: false } && pattern != _current && pattern.Match(bytes, ref progress, out _) != TemplateMatch.Different)
            {
                _current = pattern;
                return true;
            }
        }

        return false;
    }
}
