using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>Goes through the answers that a document lists side by side, and what was captured of each.</summary>
/// <param name="document">What was captured of the document: the presence of each answer, and behind it what the answer has.</param>
/// <param name="answerSlot">The slot of an answer's presence.</param>
/// <param name="otherSlot">The slot of those that a document may list elsewhere.</param>
internal ref struct Answers(JsonCaptures document, int answerSlot, int otherSlot = JsonShape.NoSlot)
{
    // Where what the answer at hand has begins and ends.
    private int _start;
    private int _end;

    /// <summary>Gets how many answers there were so far.</summary>
    public int Count { get; private set; }

    /// <summary>Goes to the next answer.</summary>
    /// <returns>False when there is none.</returns>
    public bool MoveNext()
    {
        _start = Next(_end) + 1;
        if (_start > document.Count)
        {
            return false;
        }

        _end = Next(_start);
        Count++;
        return true;
    }

    /// <summary>Gets the last text of the answer with that slot; empty when it has none.</summary>
    public readonly ReadOnlySpan<byte> Last(int slot)
    {
        for (int i = _end - 1; i >= _start; i--)
        {
            if (document.Slot(i) == slot)
            {
                return document.Text(i);
            }
        }

        return default;
    }

    /// <summary>Gets which of the answers it is; where a server leaves the index out, as Vertex AI does, its place is all there is.</summary>
    /// <param name="slot">The slot of the index.</param>
    public readonly int Index(int slot) => Last(slot) is { IsEmpty: false } index
        ? JsonValue.GetIndex(index, UsageReader.MaxChoices)
        : Math.Min(Count, UsageReader.MaxChoices) - 1;

    private readonly int Next(int from)
    {
        while (from < document.Count && document.Slot(from) != answerSlot && document.Slot(from) != otherSlot)
        {
            from++;
        }

        return from;
    }
}
