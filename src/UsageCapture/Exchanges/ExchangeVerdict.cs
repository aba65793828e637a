namespace UsageCapture.Exchanges;

/// <summary>What a record says of its exchange as a whole.</summary>
/// <param name="Outcome">How the exchange ended.</param>
/// <param name="Status">How far the counts can be trusted.</param>
/// <param name="NeedsReview">Whether tokens may have been billed that the record does not show.</param>
internal readonly record struct ExchangeVerdict(UsageOutcome Outcome, UsageStatus Status, bool NeedsReview)
{
    /// <summary>Decides from what the response said and how it ended.</summary>
    /// <param name="report">What the response said.</param>
    /// <param name="ending">How it ended.</param>
    /// <param name="isRejected">Whether the status code was not a success.</param>
    public static ExchangeVerdict Decide(UsageReport report, ExchangeEnding ending, bool isRejected)
    {
        UsageOutcome outcome = isRejected ? UsageOutcome.Rejected : report.Error is not null ? UsageOutcome.ServerError : ending.Outcome;
        UsageStatus status = DecideStatus(report, outcome, ending.BodyIsComplete);
        bool isCertain = status == UsageStatus.Exact && (report.Anomalies & UsageAnomalies.AllZeroUsage) == UsageAnomalies.None;
        return new ExchangeVerdict(outcome, status, NeedsReview: !isRejected && !ending.WasNeverSent && !isCertain);
    }

    private static UsageStatus DecideStatus(UsageReport report, UsageOutcome outcome, bool bodyIsComplete)
    {
        if (report.Usage is null)
        {
            return UsageStatus.Missing;
        }

        if (report.Stage == UsageStage.Final)
        {
            return UsageStatus.Exact;
        }

        bool responseIsComplete = outcome is not (UsageOutcome.Rejected or UsageOutcome.ServerError)
            && (report.HasEnded || (report.EveryChoiceFinished && bodyIsComplete));
        return responseIsComplete && report.Stage == UsageStage.Running ? UsageStatus.Exact : UsageStatus.Partial;
    }
}
