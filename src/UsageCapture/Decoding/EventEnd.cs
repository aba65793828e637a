namespace UsageCapture.Decoding;

/// <summary>Where an event of a stream ends in a piece, and what the event was.</summary>
/// <param name="Offset">Offset after the blank line that ends the event. A block of comments with its blank line counts as an event.</param>
/// <param name="IsUsageOnly">Whether the event reports usage and has nothing else in it.</param>
/// <param name="ChoicesFinished">Whether every choice has finished once this event is read.</param>
internal readonly record struct EventEnd(int Offset, bool IsUsageOnly, bool ChoicesFinished);
