using UsageCapture.Tests.Documentation;

namespace UsageCapture.Tests;

public sealed class UsageReportTests
{
    private static readonly TokenUsage Counts = new() { InputTokens = 3, OutputTokens = 4 };
    private static readonly TokenUsage Zeros = new() { InputTokens = 0, OutputTokens = 0 };

    [Theory]
    [InlineData(UsageStage.Running, UsageStage.Final)]
    [InlineData(UsageStage.Incomplete, UsageStage.Final)]
    [InlineData(UsageStage.Final, UsageStage.Running)]
    public void RecordUsage_OfZerosAfterCounts_KeepsTheStageOfTheCounts(UsageStage stageOfCounts, UsageStage stageOfZeros)
    {
        var report = new UsageReport(new ReadmeTests.AcmeProvider().CreateReader());
        report.RecordUsage(Counts, raw: default, stageOfCounts);

        report.RecordUsage(Zeros, raw: default, stageOfZeros);

        Assert.Equal((Counts, stageOfCounts, UsageAnomalies.AllZeroUsage), (report.Usage, report.Stage, report.Anomalies));
        report.Release();
    }

    [Fact]
    public void RecordUsage_OfCountsAfterZeros_ReplacesThem()
    {
        var report = new UsageReport(new ReadmeTests.AcmeProvider().CreateReader());
        report.RecordUsage(Zeros, raw: default, UsageStage.Running);

        report.RecordUsage(Counts, raw: default, UsageStage.Final);

        Assert.Equal((Counts, UsageStage.Final), (report.Usage, report.Stage));
        report.Release();
    }
}
