namespace UsageCapture.Tests;

public sealed class UsageRecordEqualityTests
{
    private static readonly UsageRecord Record = RandomRecord.Create(1) with
    {
        FinishReasons = ["stop"],
        Tags = new Dictionary<string, string> { ["tenant"] = "acme", ["user"] = "7" },
    };

    [Fact]
    public void Records_WithEqualLists_AreEqual()
    {
        UsageRecord other = Record with
        {
            FinishReasons = new List<string> { "stop" },
            Iterations = [.. Record.Iterations],
            Tags = new Dictionary<string, string> { ["user"] = "7", ["tenant"] = "acme" },
        };

        Assert.True(Record == other);
        Assert.Equal(Record.GetHashCode(), other.GetHashCode());
    }

    [Fact]
    public void Records_WithOtherItems_AreNotEqual()
    {
        Assert.NotEqual(Record, Record with { FinishReasons = ["length"] });
        Assert.NotEqual(Record, Record with { FinishReasons = [] });
        Assert.NotEqual(Record, Record with { FinishReasons = ["stop", "stop"] });
        Assert.NotEqual(Record, Record with { Tags = new Dictionary<string, string> { ["tenant"] = "acme" } });
        Assert.NotEqual(Record, Record with { Tags = new Dictionary<string, string> { ["tenant"] = "acme", ["user"] = "8" } });
        Assert.NotEqual(Record, Record with { Tags = new Dictionary<string, string> { ["Tenant"] = "acme", ["user"] = "7" } });
    }

    [Fact]
    public void Lists_ThatAreChangedAfterwards_DoNotChangeTheRecord()
    {
        List<string> reasons = ["stop", "length"];
        var tags = new Dictionary<string, string> { ["tenant"] = "acme" };
        UsageRecord record = Record with { FinishReasons = reasons, Tags = tags };

        reasons[0] = "changed";
        tags["tenant"] = "changed";

        Assert.Equal(["stop", "length"], record.FinishReasons);
        Assert.Equal("acme", record.Tags["tenant"]);
    }

    [Fact]
    public void Lists_ThatAreNull_CountAsEmpty()
    {
        UsageRecord record = Record with { FinishReasons = null!, Iterations = null!, Tags = null! };

        Assert.Empty(record.FinishReasons);
        Assert.Empty(record.Iterations);
        Assert.Empty(record.Tags);
    }

    [Fact]
    public void FinishReasons_WithoutOne_AreRefused()
    {
        ArgumentException exception = Assert.Throws<ArgumentException>(() => Record with { FinishReasons = ["stop", null!] });

        Assert.StartsWith("The item at index 1 is null.", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FinishReasons_OutsideOfTheList_AreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Record.FinishReasons[1]);
        Assert.Throws<ArgumentOutOfRangeException>(() => Record.FinishReasons[-1]);
    }
}
