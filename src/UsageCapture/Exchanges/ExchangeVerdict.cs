namespace UsageCapture.Exchanges;

/// <summary>The conclusions of a record: how its exchange ended, how far its counts can be trusted, and whether it needs review.</summary>
/// <param name="Outcome">How the exchange ended.</param>
/// <param name="Status">How far the counts can be trusted.</param>
/// <param name="NeedsReview">Whether the provider may have billed tokens that the record does not show.</param>
internal readonly record struct ExchangeVerdict(UsageOutcome Outcome, UsageStatus Status, bool NeedsReview)
{
    /// <summary>Draws the conclusions at the end of an exchange.</summary>
    /// <param name="report">What the body said.</param>
    /// <param name="ending">How the exchange ended, without regard to what the body said.</param>
    /// <param name="response">The status of the response.</param>
    public static ExchangeVerdict Decide(UsageReport report, ExchangeEnding ending, ResponseStart response)
    {
        UsageOutcome outcome = DecideOutcome(report, ending, response.IsRejected);
        UsageStatus status = DecideStatus(report, outcome, ending.BodyIsComplete);

        // A count that was not a valid number is null in the record. The provider may have billed its tokens.
        bool lacksInvalidCount = (report.Anomalies & UsageAnomalies.InvalidCount) != UsageAnomalies.None
            && (report.Usage?.InputTokens is null || report.Usage?.OutputTokens is null);
        bool isCertain = status == UsageStatus.Exact && report.Usage is { IsImplausible: false } && !lacksInvalidCount;

        // A request that was never sent cost nothing. Nor did a rejected one, unless a gateway gave up waiting for the model.
        // An answer from a gateway's cache was paid for before.
        bool mayBeBilled = !ending.WasNeverSent && !report.RanNoModel && !response.IsGatewayCacheHit && (!response.IsRejected || response.MayHaveReachedModel);
        return new ExchangeVerdict(outcome, status, NeedsReview: mayBeBilled && !isCertain);
    }

    // The server knows better than the caller's side how the exchange ended: its status comes first, then an error in the body.
    private static UsageOutcome DecideOutcome(UsageReport report, ExchangeEnding ending, bool isRejected)
    {
        if (isRejected)
        {
            return UsageOutcome.Rejected;
        }

        return report.Error is null ? ending.Outcome : UsageOutcome.ServerError;
    }

    private static UsageStatus DecideStatus(UsageReport report, UsageOutcome outcome, bool bodyIsComplete)
    {
        if (!report.HasUsage)
        {
            return UsageStatus.Missing;
        }

        switch (report.Stage)
        {
            case UsageStage.Final: // The API has marked these counts as the last ones.
                return UsageStatus.Exact;
            case UsageStage.Incomplete: // The counts lack a part that every complete response has.
                return UsageStatus.Partial;
            case UsageStage.Running:
            default:
                // The counts are totals so far, and may grow. They are exact when the response is complete: after its end marker, or without
                // one, when every choice has finished and the body was read to its end.
                bool hasFailed = outcome is UsageOutcome.Rejected or UsageOutcome.ServerError;
                bool responseIsComplete = report.HasEnded || (report.EveryChoiceFinished && bodyIsComplete && !report.UsageNeedsEndMarker);
                return responseIsComplete && !hasFailed ? UsageStatus.Exact : UsageStatus.Partial;
        }
    }
}
