namespace UsageCapture.Decoding;

/// <summary>Where an event of a stream ends in a piece, and what it was.</summary>
/// <param name="Offset">Offset behind the blank line that ends the event, or the comment lines that stand for one.</param>
/// <param name="IsUsageOnly">Whether the event reports usage and has nothing else in it.</param>
/// <param name="ChoicesFinished">Whether every choice has finished behind the event.</param>
internal readonly record struct EventEnd(int Offset, bool IsUsageOnly, bool ChoicesFinished);
