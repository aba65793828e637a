using UsageCapture.Decoding;

namespace UsageCapture.Tests.Decoding;

public sealed class VariableRangeListTests
{
    [Fact]
    public void Ranges_OfAnEventInTwoPieces_HaveTheirOffsetsInTheEvent()
    {
        var list = new VariableRangeList();

        list.Add(VariableRangeKind.String, start: 3, end: 8);
        list.PieceOffset = 100;
        list.Add(VariableRangeKind.Number, start: 4, end: 4);

        Assert.Equal([new VariableRange(VariableRangeKind.String, 3, 5), new VariableRange(VariableRangeKind.Number, 104, 0)], list.Ranges);
        Assert.True(list.IsComplete);
        list.Release();
        Assert.True(list.Ranges.IsEmpty);
    }

    [Fact]
    public void Range_ThatBeganInAnEarlierPiece_MakesTheListIncompleteUntilTheNextEvent()
    {
        var list = new VariableRangeList();
        list.Add(VariableRangeKind.String, start: 0, end: 1);

        list.Add(VariableRangeKind.String, VariableRangeList.InEarlierPiece, end: 8);
        Assert.Equal((false, 1), (list.IsComplete, list.Ranges.Length));
        list.Clear();

        Assert.Equal((true, 0), (list.IsComplete, list.Ranges.Length));
    }

    [Fact]
    public void Range_BeyondTheMost_MakesTheListIncomplete()
    {
        var list = new VariableRangeList();
        for (int i = 0; i < 64; i++)
        {
            list.Add(VariableRangeKind.Number, i, i + 1);
        }

        Assert.True(list.IsComplete);
        Assert.Equal(Enumerable.Range(0, 64).Select(start => new VariableRange(VariableRangeKind.Number, start, 1)), list.Ranges.ToArray());

        list.Add(VariableRangeKind.Number, 64, 65);

        Assert.Equal((false, 64), (list.IsComplete, list.Ranges.Length));
    }
}
