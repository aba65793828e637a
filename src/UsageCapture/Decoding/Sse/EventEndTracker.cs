namespace UsageCapture.Decoding;

/// <summary>Collects where the events of a piece end, from the event on with which every choice of the response has finished.</summary>
/// <remarks>
/// A choice is one of the alternative answers of a response. Earlier events need no tracking, because an event that reports only usage comes
/// after the last finish reason.
/// <para>
/// <see cref="SseFraming"/> calls <see cref="BeginPiece"/> for each piece, <see cref="Track"/> for each event, and takes
/// <see cref="GetEnds"/> at the end of the piece.
/// </para>
/// </remarks>
internal sealed class EventEndTracker
{
    private readonly List<EventEnd> _ends = [];

    /// <summary>Gets whether every choice so far has finished. The next event is tracked then. False again when another choice begins.</summary>
    public bool EveryChoiceFinished { get; private set; }

    /// <summary>Removes the ends of the piece before.</summary>
    public void BeginPiece() => _ends.Clear();

    /// <summary>Adds the end of an event, if events are tracked when it ends or begins.</summary>
    /// <param name="offset">Offset after the event in the piece.</param>
    /// <param name="effects">What the event meant to the handler. An event without a document changes nothing.</param>
    /// <param name="hasDocument">Whether the event held a document.</param>
    public void Track(int offset, DocumentEffects effects, bool hasDocument)
    {
        bool hadFinished = EveryChoiceFinished;
        if (hasDocument)
        {
            EveryChoiceFinished = (effects & DocumentEffects.EveryChoiceFinished) != DocumentEffects.None;
        }

        // An event that begins another choice is noted, too, so that the caller knows that it is no event of usage.
        if (hadFinished || EveryChoiceFinished)
        {
            _ends.Add(new EventEnd(offset, (effects & DocumentEffects.UsageOnly) != DocumentEffects.None, EveryChoiceFinished));
        }
    }

    /// <summary>Gets the ends of the piece; null when there are none.</summary>
    public EventEnd[]? GetEnds() => _ends.Count == 0 ? null : [.. _ends];
}
