namespace UsageCapture.Tests;

public sealed class UsageReportTests
{
    // The zeros are not the counts of the record, so what they say about themselves is not said of the counts that are kept.
    [Theory]
    [InlineData(UsageStage.Incomplete, UsageStage.Final)]
    [InlineData(UsageStage.Running, UsageStage.Final)]
    [InlineData(UsageStage.Final, UsageStage.Running)]
    public void RecordUsage_OfZerosAfterCounts_KeepsTheCountsAndTheirStage(UsageStage stageOfCounts, UsageStage stageOfZeros)
    {
        var report = new UsageReport(new EmptyReader());
        var counts = new TokenUsage { InputTokens = 12, OutputTokens = 5 };

        report.RecordUsage(counts, raw: default, stageOfCounts);
        report.RecordUsage(new TokenUsage { InputTokens = 0, OutputTokens = 0 }, raw: default, stageOfZeros);

        Assert.Equal((counts, stageOfCounts, UsageAnomalies.AllZeroUsage), (report.Usage, report.Stage, report.Anomalies));
    }

    [Fact]
    public void RecordUsage_OfCountsAfterZeros_ReplacesThemAndTheirStage()
    {
        var report = new UsageReport(new EmptyReader());
        var counts = new TokenUsage { InputTokens = 12, OutputTokens = 5 };

        report.RecordUsage(new TokenUsage { InputTokens = 0, OutputTokens = 0 }, raw: default, UsageStage.Running);
        report.RecordUsage(counts, raw: default, UsageStage.Final);

        Assert.Equal((counts, UsageStage.Final, UsageAnomalies.None), (report.Usage, report.Stage, report.Anomalies));
    }

    private sealed class EmptyReader() : UsageReader(EmptyFields)
    {
        private static readonly UsageFields EmptyFields = new();

        public override void Read(UsageDocument document, UsageReport report)
        {
        }
    }
}
