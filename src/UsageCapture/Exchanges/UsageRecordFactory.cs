using UsageCapture.Delivery;
using UsageCapture.Recognition;

namespace UsageCapture.Exchanges;

/// <summary>Makes the record of an exchange that has ended.</summary>
internal static class UsageRecordFactory
{
    /// <summary>Makes the record.</summary>
    /// <param name="start">What was known when the request was sent.</param>
    /// <param name="api">The API that was called.</param>
    /// <param name="provider">The name of the provider that answered.</param>
    /// <param name="response">What was known before the body.</param>
    /// <param name="report">What the body said.</param>
    /// <param name="verdict">What this amounts to.</param>
    /// <param name="bodyIsStream">Whether the body was a stream; null when no body was seen, or its form is unknown.</param>
    /// <param name="firstByteTimestamp">When the caller read the first byte; zero when it read none.</param>
    /// <param name="timeProvider">The clock.</param>
    public static UsageRecord Create(
        ExchangeStart start,
        RecognizedApi api,
        string provider,
        ResponseStart response,
        UsageReport report,
        ExchangeVerdict verdict,
        bool? bodyIsStream,
        long firstByteTimestamp,
        TimeProvider timeProvider)
    {
        bool streaming = (response.IsSuccess ? bodyIsStream : null) ?? start.Streaming;
        Attribution? attribution = start.Attribution;
        return new UsageRecord
        {
            Id = start.Id,
            StartedAt = start.StartedAt,
            Duration = timeProvider.GetElapsedTime(start.StartTimestamp),
            TimeToFirstChunk = streaming && response.IsSuccess && firstByteTimestamp != 0
                ? timeProvider.GetElapsedTime(start.StartTimestamp, firstByteTimestamp)
                : null,
            Provider = provider,
            Operation = api.Endpoint.Operation,
            Protocol = api.Provider.Protocol,
            ServerAddress = start.ServerAddress,
            ServerPort = start.ServerPort,
            Deployment = api.Endpoint.Deployment,
            ApiVersion = api.Endpoint.ApiVersion,
            RequestModel = start.RequestModel ?? api.Endpoint.Model,
            ResponseModel = report.ResponseModel,
            ResponseId = report.ResponseId,
            RequestId = response.RequestId,
            StatusCode = response.StatusCode == 0 ? null : response.StatusCode,
            Streaming = streaming,
            FinishReasons = report.FinishReasons,
            ServiceTier = report.ServiceTier,
            Usage = report.Usage,
            Iterations = report.Iterations,
            CheckedRawUsage = report.RawUsageIsJson ? CompactJson.Create(report.RawUsage) : CompactJson.TryCreate(report.RawUsage),
            Status = verdict.Status,
            Outcome = verdict.Outcome,
            NeedsReview = verdict.NeedsReview,

            // The body of a refusal is not in the protocol's form, which would be flagged.
            Anomalies = verdict.Outcome == UsageOutcome.Rejected ? UsageAnomalies.None : report.Anomalies,
            Error = report.Error,
            UsageRequest = start.UsageRequest,
            CallId = attribution?.Scope?.CallId ?? attribution?.Call?.Id ?? start.Id,
            Attempt = attribution?.Attempt ?? 1,
            Tags = attribution?.Tags ?? TagSet.Empty,
            TraceId = start.Span?.TraceId.ToHexString(),
            SpanId = start.Span?.SpanId.ToHexString(),
        };
    }
}
