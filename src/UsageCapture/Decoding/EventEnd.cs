namespace UsageCapture.Decoding;

/// <summary>Where an event of a server-sent event stream ends in a piece of the body, and two facts about it.</summary>
/// <param name="Offset">
/// Offset in the piece, after the blank line that ends the event. Comment lines that are followed by a blank line count as an event.
/// </param>
/// <param name="IsUsageOnly">Whether the event reports usage and has nothing else in it.</param>
/// <param name="EveryChoiceFinished">
/// Whether, after this event, every choice so far has its finish reason. A choice is one of the alternative answers of a response.
/// </param>
internal readonly record struct EventEnd(int Offset, bool IsUsageOnly, bool EveryChoiceFinished);
