using UsageCapture.Decoding;

namespace UsageCapture.Tests.Decoding;

public sealed class EventEndTrackerTests
{
    private const DocumentEffects Finished = DocumentEffects.EveryChoiceFinished;

    [Fact]
    public void Events_FromTheFinishOfEveryChoiceOn_AreTracked()
    {
        var tracker = new EventEndTracker();

        tracker.BeginPiece();
        tracker.Track(10, DocumentEffects.NewInformation, hasDocument: true); // Not finished.
        tracker.Track(12, Finished, hasDocument: false); // An event without a document changes nothing.
        Assert.Null(tracker.GetEnds());
        Assert.False(tracker.EveryChoiceFinished);

        tracker.Track(20, Finished | DocumentEffects.NewInformation, hasDocument: true);
        tracker.Track(22, DocumentEffects.None, hasDocument: false);
        tracker.Track(30, Finished | DocumentEffects.UsageOnly, hasDocument: true);
        Assert.Equal([new EventEnd(20, false, true), new EventEnd(22, false, true), new EventEnd(30, true, true)], tracker.GetEnds()!);
        Assert.True(tracker.EveryChoiceFinished);
    }

    [Fact]
    public void Event_ThatBeginsAnotherChoice_IsTheLastThatIsTracked()
    {
        var tracker = new EventEndTracker();
        tracker.Track(10, Finished, hasDocument: true);

        tracker.BeginPiece();
        tracker.Track(20, DocumentEffects.NewInformation, hasDocument: true);
        tracker.Track(30, DocumentEffects.UsageOnly, hasDocument: true);

        Assert.Equal([new EventEnd(20, false, false)], tracker.GetEnds()!);
        Assert.False(tracker.EveryChoiceFinished);
    }
}
