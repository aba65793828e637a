namespace UsageCapture.Decoding;

/// <summary>Skips the events of a stream that repeat an earlier event in all content that is read, so that they need no decoding.</summary>
/// <remarks>
/// Two such events may differ only in their variable ranges: parts whose content no reader uses, see <see cref="VariableRange"/>.
/// Usage, by <c>SseFraming</c>:
/// <code>
/// At the start of an event:
///   SkipKnownEvents(bytes)  skips all known events, also the known beginning of an event that the bytes end in.
///   decode the next event   It is not known.
///   Learn(event, ranges)    if the event reported nothing new.
///   Clear()                 if the event reported something new.
/// At the next bytes, while HasPartialEvent:
///   SkipKnownEvents(bytes)  returns 0 if the partial event is not known after all.
///   RestoreSkippedBytes()   Decode these bytes, then the next bytes.
/// </code>
/// All templates are cleared when an event reports something new, because a skipped kind of event may matter after that.
/// </remarks>
internal sealed class RepeatedEventSkipper
{
    // Choices that alternate in a stream need one template each. If there are more, the oldest template is replaced.
    private const int MaxTemplates = 4;

    // Most events have a few hundred bytes. A longer event repeats too rarely to be worth a copy.
    private const int MaxEventLength = 4 * 1024;

    private readonly EventTemplate?[] _templates = new EventTemplate?[MaxTemplates];

    // The index in _templates that the next new kind of event gets.
    private int _nextTemplateIndex;

    // The template that matched last; null if none has been learned. It is compared first, because most events follow one of their kind.
    private EventTemplate? _currentTemplate;

    // How far the partial event matches the current template; the default value if there is no partial event.
    private TemplatePosition _partialEventPosition;

    /// <summary>Gets whether the beginning of an event has been skipped and its end has not.</summary>
    public bool HasPartialEvent => _partialEventPosition.IsInEvent;

    /// <summary>Skips events that match a template, and the beginning of an event that the bytes end in.</summary>
    /// <param name="bytes">Bytes that begin with an event, or with the rest of the partial event.</param>
    /// <returns>
    /// How many bytes were skipped. Zero if a partial event stops matching; call <see cref="RestoreSkippedBytes"/> for its beginning.
    /// </returns>
    public int SkipKnownEvents(ReadOnlySpan<byte> bytes)
    {
        int skipped = 0;
        while (_currentTemplate is not null && skipped < bytes.Length)
        {
            bool isContinued = HasPartialEvent;
            switch (_currentTemplate.Match(bytes[skipped..], ref _partialEventPosition, out int length))
            {
                case TemplateMatch.Complete:
                    _partialEventPosition = default;
                    skipped += length;
                    break;
                case TemplateMatch.Incomplete:
                    return bytes.Length;
                default:
                    // Only the first event can be a continued one, so nothing was skipped before it. For a new event, the position is
                    // still the start of the event, whichever template is compared next.
                    if (isContinued || !TrySwitchTemplate(bytes[skipped..]))
                    {
                        return skipped;
                    }

                    break;
            }
        }

        return skipped;
    }

    /// <summary>Gets the skipped beginning of the partial event, which must be decoded after all. There is no partial event afterwards.</summary>
    /// <remarks>The variable ranges hold placeholders instead of their content. No reader uses it, so decoding gives the same result.</remarks>
    public IEnumerable<ReadOnlyMemory<byte>> RestoreSkippedBytes()
    {
        TemplatePosition position = _partialEventPosition;
        _partialEventPosition = default;
        return _currentTemplate!.GetMatchedPrefix(position);
    }

    /// <summary>Learns an event that reported nothing new, so that later events like it are skipped.</summary>
    /// <param name="bytes">The whole event, up to and including its blank line.</param>
    /// <param name="ranges">All variable ranges of the event.</param>
    public void Learn(ReadOnlySpan<byte> bytes, ReadOnlySpan<VariableRange> ranges)
    {
        if (bytes.Length > MaxEventLength)
        {
            return;
        }

        foreach (EventTemplate? template in _templates)
        {
            if (template is not null && template.TryRefine(bytes, ranges))
            {
                _currentTemplate = template;
                return;
            }
        }

        _currentTemplate = _templates[_nextTemplateIndex] ??= new EventTemplate();
        _currentTemplate.StartNewKind(bytes, ranges);
        _nextTemplateIndex = (_nextTemplateIndex + 1) % MaxTemplates;
    }

    /// <summary>Discards all templates and the partial event, and returns the pooled buffers.</summary>
    public void Clear()
    {
        _currentTemplate = null;
        _partialEventPosition = default;
        foreach (EventTemplate? template in _templates)
        {
            template?.Clear();
        }
    }

    /// <summary>Makes another template the current one, if the start of the event matches it.</summary>
    private bool TrySwitchTemplate(ReadOnlySpan<byte> bytes)
    {
        foreach (EventTemplate? template in _templates)
        {
            TemplatePosition position = default;
            if (template is { IsEmpty: false }
                && template != _currentTemplate
                && template.Match(bytes, ref position, out _) != TemplateMatch.Different)
            {
                _currentTemplate = template;
                return true;
            }
        }

        return false;
    }
}
