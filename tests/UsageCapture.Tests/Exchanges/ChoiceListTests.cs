using UsageCapture.Exchanges;

namespace UsageCapture.Tests.Exchanges;

public sealed class ChoiceListTests
{
    // A step is the index of a choice, and its reason after a colon.
    [Theory]
    [InlineData("", false, "")]
    [InlineData("0", false, "")]
    [InlineData("0:stop", true, "stop")]
    [InlineData("0:stop 0", true, "stop")]
    [InlineData("0:stop 0:length", true, "length")]
    [InlineData("1", false, "")]
    [InlineData("1:stop", true, "stop")]
    [InlineData("3:stop", true, "stop")] // No document mentions the choices before it.
    [InlineData("0 1:stop", false, "stop")]
    [InlineData("0:stop 1", false, "stop")]
    [InlineData("0:stop 2", false, "stop")]
    [InlineData("1 2:stop", false, "stop")]
    [InlineData("2:length 0:stop 1:filter", true, "stop filter length")]
    [InlineData("2:length 0:stop 2", true, "stop length")]
    public void Reasons_OfChoices_AreInTheOrderOfTheChoices(string steps, bool allFinished, string reasons)
    {
        var choices = new ChoiceList();
        foreach (string[] step in steps.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(step => step.Split(':')))
        {
            choices.Record(int.Parse(step[0], System.Globalization.CultureInfo.InvariantCulture), step.ElementAtOrDefault(1));
        }

        Assert.Equal((allFinished, reasons), (choices.AllFinished, string.Join(' ', choices.GetFinishReasons())));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5)]
    public void Record_OfAChoice_SaysWhetherItIsTheFirstMention(int index)
    {
        var choices = new ChoiceList();
        choices.Record(3, null);

        Assert.True(choices.Record(index, null));
        Assert.False(choices.Record(index, "stop"));
        Assert.False(choices.Record(index, null));
        Assert.False(choices.Record(3, null));
    }
}
