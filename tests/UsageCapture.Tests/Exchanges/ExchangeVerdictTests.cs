using UsageCapture.Exchanges;
using UsageCapture.Providers;

namespace UsageCapture.Tests.Exchanges;

/// <summary>The outcome, the status and the review of a record, for each combination of facts that decides them.</summary>
public sealed class ExchangeVerdictTests
{
    private const Facts Complete = Facts.ChoicesFinished | Facts.BodyComplete;

    private static readonly TokenUsage Counts = new() { InputTokens = 7, OutputTokens = 3 };

    /// <summary>What is known at the end of an exchange, besides its counts.</summary>
    [Flags]
    public enum Facts
    {
        None = 0,
        EndMarker = 1, // The response has said that it is complete.
        ChoicesFinished = 2,
        BodyComplete = 4,
        NeedsEndMarker = 8,
        Error = 16,
        Rejected = 32,
    }

    [Theory]
    [InlineData(UsageStage.Running, Facts.None, UsageStatus.Partial)]
    [InlineData(UsageStage.Running, Facts.EndMarker, UsageStatus.Exact)]
    [InlineData(UsageStage.Running, Facts.EndMarker | Facts.NeedsEndMarker, UsageStatus.Exact)]
    [InlineData(UsageStage.Running, Facts.ChoicesFinished, UsageStatus.Partial)]
    [InlineData(UsageStage.Running, Facts.BodyComplete, UsageStatus.Partial)]
    [InlineData(UsageStage.Running, Complete, UsageStatus.Exact)]
    [InlineData(UsageStage.Running, Complete | Facts.NeedsEndMarker, UsageStatus.Partial)]
    [InlineData(UsageStage.Running, Complete | Facts.Error, UsageStatus.Partial)]
    [InlineData(UsageStage.Running, Complete | Facts.Rejected, UsageStatus.Partial)]
    [InlineData(UsageStage.Running, Facts.EndMarker | Facts.Error, UsageStatus.Partial)]
    [InlineData(UsageStage.Running, Facts.EndMarker | Facts.Rejected, UsageStatus.Partial)]
    [InlineData(UsageStage.Incomplete, Facts.None, UsageStatus.Partial)]
    [InlineData(UsageStage.Incomplete, Facts.EndMarker | Complete, UsageStatus.Partial)]
    [InlineData(UsageStage.Final, Facts.None, UsageStatus.Exact)]
    [InlineData(UsageStage.Final, Facts.Error, UsageStatus.Exact)]
    [InlineData(UsageStage.Final, Facts.Rejected, UsageStatus.Exact)]
    [InlineData(null, Facts.None, UsageStatus.Missing)]
    [InlineData(null, Facts.EndMarker | Complete, UsageStatus.Missing)]
    public void Status_OfCountsAndFacts_SaysHowFarTheCountsCanBeTrusted(UsageStage? stage, Facts facts, UsageStatus expected) =>
        Assert.Equal(expected, Decide(stage, facts).Status);

    [Theory]
    [InlineData(UsageOutcome.Completed, Facts.None, UsageOutcome.Completed)]
    [InlineData(UsageOutcome.Abandoned, Facts.None, UsageOutcome.Abandoned)]
    [InlineData(UsageOutcome.Canceled, Facts.None, UsageOutcome.Canceled)]
    [InlineData(UsageOutcome.Faulted, Facts.None, UsageOutcome.Faulted)]
    [InlineData(UsageOutcome.Completed, Facts.Error, UsageOutcome.ServerError)]
    [InlineData(UsageOutcome.Canceled, Facts.Error, UsageOutcome.ServerError)]
    [InlineData(UsageOutcome.Completed, Facts.Rejected, UsageOutcome.Rejected)]
    [InlineData(UsageOutcome.Canceled, Facts.Rejected | Facts.Error, UsageOutcome.Rejected)]
    public void Outcome_OfAnEnding_IsThatOfTheStatusCodeThenOfTheBodyThenOfTheTransport(UsageOutcome ending, Facts facts, UsageOutcome expected) =>
        Assert.Equal(expected, Decide(UsageStage.Final, facts, ending).Outcome);

    [Theory]
    [InlineData(7L, 3L, false, UsageStage.Final, false)]
    [InlineData(7L, 3L, false, UsageStage.Incomplete, true)]
    [InlineData(7L, 3L, true, UsageStage.Final, false)] // Another count was invalid.
    [InlineData(7L, null, true, UsageStage.Final, true)]
    [InlineData(null, 3L, true, UsageStage.Final, true)]
    [InlineData(7L, null, false, UsageStage.Final, false)] // Embeddings have no output.
    [InlineData(0L, 0L, false, UsageStage.Final, true)]
    public void Review_OfCounts_IsNeededUnlessTheyAreCertain(long? input, long? output, bool hasInvalidCount, UsageStage stage, bool expected)
    {
        UsageReport report = CreateReport(stage, Facts.None, new TokenUsage { InputTokens = input, OutputTokens = output });
        report.AddAnomalies(hasInvalidCount ? UsageAnomalies.InvalidCount : UsageAnomalies.OversizedEvent);

        Assert.Equal(expected, ExchangeVerdict.Decide(report, new ExchangeEnding(UsageOutcome.Completed), new ResponseStart(200, null)).NeedsReview);
    }

    [Theory]
    [InlineData(null, true)] // No response was received.
    [InlineData(199, false)]
    [InlineData(200, true)]
    [InlineData(299, true)]
    [InlineData(300, false)]
    [InlineData(400, false)]
    [InlineData(407, false)]
    [InlineData(408, true)]
    [InlineData(409, false)]
    [InlineData(429, false)]
    [InlineData(498, false)]
    [InlineData(499, true)]
    [InlineData(500, false)]
    [InlineData(501, false)]
    [InlineData(502, true)]
    [InlineData(503, false)]
    [InlineData(504, true)]
    [InlineData(505, false)]
    [InlineData(523, false)]
    [InlineData(524, true)]
    [InlineData(525, false)]
    public void Review_WithoutCounts_IsNeededWhereTheModelMayHaveRun(int? statusCode, bool expected)
    {
        var ending = new ExchangeEnding(UsageOutcome.Completed);
        var response = new ResponseStart(statusCode, null);
        UsageReport report = CreateReport(null, Facts.None);
        UsageReport ranNoModel = CreateReport(null, Facts.None);
        ranNoModel.RanNoModel = true;

        Assert.Equal(expected, ExchangeVerdict.Decide(report, ending, response).NeedsReview);
        Assert.False(ExchangeVerdict.Decide(ranNoModel, ending, response).NeedsReview);
        Assert.False(ExchangeVerdict.Decide(report, ending with { WasNeverSent = true }, response).NeedsReview);
        Assert.False(ExchangeVerdict.Decide(report, ending, response with { IsGatewayCacheHit = true }).NeedsReview);
    }

    private static ExchangeVerdict Decide(UsageStage? stage, Facts facts, UsageOutcome outcome = UsageOutcome.Completed) => ExchangeVerdict.Decide(
        CreateReport(stage, facts),
        new ExchangeEnding(outcome, BodyIsComplete: facts.HasFlag(Facts.BodyComplete)),
        new ResponseStart(facts.HasFlag(Facts.Rejected) ? 400 : 200, null));

    private static UsageReport CreateReport(UsageStage? stage, Facts facts, TokenUsage? counts = null)
    {
        var report = new UsageReport(new ChatCompletionsProvider().CreateReader());
        if (stage is { } known)
        {
            report.RecordUsage(counts ?? Counts, [], known);
        }

        if (facts.HasFlag(Facts.ChoicesFinished))
        {
            report.RecordChoice("\"stop\""u8);
        }

        if (facts.HasFlag(Facts.EndMarker))
        {
            report.RecordEnd();
        }

        if (facts.HasFlag(Facts.Error))
        {
            report.RecordError(new UsageError());
        }

        report.UsageNeedsEndMarker = facts.HasFlag(Facts.NeedsEndMarker);
        return report;
    }
}
