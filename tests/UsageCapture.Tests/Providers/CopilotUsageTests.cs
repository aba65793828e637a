using System.Text;

using UsageCapture.Providers;

namespace UsageCapture.Tests.Providers;

public sealed class CopilotUsageTests
{
    // A detail is a letter for the type of its tokens and their count: input, read (from a cache), write (to one), output, and x for another.
    [Theory]
    [InlineData("i9 o4", 9L, null, null, 4L, true)]
    [InlineData("i9 r2 w3 o4", 14L, 2L, 3L, 4L, true)]
    [InlineData("i9 i1 o4 o1", 10L, null, null, 5L, true)]
    [InlineData("r2 o4", 2L, 2L, null, 4L, true)]
    [InlineData("i0 o0", 0L, null, null, 0L, true)]
    [InlineData("i9", 9L, null, null, null, false)]
    [InlineData("o4", null, null, null, 4L, false)]
    [InlineData("i9 o4 x0", 9L, null, null, 4L, true)]
    [InlineData("i9 o4 x1", 9L, null, null, 4L, false)]
    [InlineData("i9 o4 x?", 9L, null, null, 4L, false)]
    public void Read_OfDetails_AddsUpThoseOfAType(string details, long? input, long? cacheRead, long? cacheWrite, long? output, bool isComplete)
    {
        UsageReading reading = CopilotUsage.Read(Encoding.UTF8.GetBytes(ToJson(details)), out bool wasComplete);

        Assert.Equal(
            new TokenUsage { InputTokens = input, CachedInputTokens = cacheRead, CacheWriteTokens = cacheWrite, OutputTokens = output }, reading.Usage);
        Assert.Equal(
            (isComplete, details.Contains('?', StringComparison.Ordinal) ? UsageAnomalies.InvalidCount : UsageAnomalies.None),
            (wasComplete, reading.Anomalies));
    }

    [Theory]
    [InlineData("""{"token_details":[]}""", UsageAnomalies.None)]
    [InlineData("""{"details":[{"token_type":"input","token_count":9}]}""", UsageAnomalies.None)]
    [InlineData("""{"token_details":[{"token_type":"other","token_count":9}]}""", UsageAnomalies.None)]
    [InlineData("""{"token_details":[{"token_type":"input"}]}""", UsageAnomalies.InvalidCount)]
    [InlineData("""{"token_details":[{"token_type":"input","token_count":9}]x}""", UsageAnomalies.UndecodableEvent)]
    public void Read_WithoutCounts_IsNone(string json, UsageAnomalies anomalies) =>
        Assert.Equal(new UsageReading(Usage: null, anomalies), CopilotUsage.Read(Encoding.UTF8.GetBytes(json), out _));

    [Theory]
    [InlineData("i9 o4", null, false, true, UsageStage.Final)]
    [InlineData("i9", null, false, true, UsageStage.Incomplete)]
    [InlineData("i9 o4", UsageStage.Final, false, false, UsageStage.Final)]
    [InlineData("i9 o4", UsageStage.Running, false, false, UsageStage.Running)]
    [InlineData("i9 o4", UsageStage.Running, true, true, UsageStage.Final)]
    [InlineData("i9 o4", UsageStage.Incomplete, false, true, UsageStage.Final)]
    public void TryRecord_OfABill_IsForCountsThatAreMissing(string details, UsageStage? earlier, bool replaces, bool expected, UsageStage stage)
    {
        var report = new UsageReport(new ChatCompletionsProvider().CreateReader());
        if (earlier is { } known)
        {
            report.RecordUsage(new TokenUsage { InputTokens = 1, OutputTokens = 1 }, "{}"u8, known);
        }

        bool isRecorded = CopilotUsage.TryRecord(report, Encoding.UTF8.GetBytes(ToJson(details)), UsageStage.Final, replaces);

        Assert.Equal((expected, expected ? 9 : 1, stage), (isRecorded, report.Usage?.InputTokens, report.Stage));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    public void TryRecord_OfNoObject_RecordsNothing(string json)
    {
        var report = new UsageReport(new ChatCompletionsProvider().CreateReader());

        Assert.False(CopilotUsage.TryRecord(report, Encoding.UTF8.GetBytes(json), UsageStage.Final));
        Assert.True(report.RawUsage.IsEmpty);
    }

    [Fact]
    public void TryRecord_OfABillWithoutCounts_KeepsItsText()
    {
        var report = new UsageReport(new ChatCompletionsProvider().CreateReader());

        Assert.False(CopilotUsage.TryRecord(report, """{"total_nano_aiu":7}"""u8, UsageStage.Final));
        Assert.Equal("""{"total_nano_aiu":7}"""u8, report.RawUsage);
    }

    private static string ToJson(string details) => "{\"token_details\":["
        + string.Join(',', details.Split(' ').Select(detail => $$"""{"token_type":"{{GetName(detail[0])}}","token_count":{{(detail[1] == '?' ? "\"?\"" : detail[1..])}}}"""))
        + "]}";

    private static string GetName(char type) => type switch { 'i' => "input", 'r' => "cache_read", 'w' => "cache_write", 'o' => "output", _ => "other" };
}
