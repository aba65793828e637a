using UsageCapture.Delivery;
using UsageCapture.Recognition;
using UsageCapture.Telemetry;

namespace UsageCapture.Exchanges;

/// <summary>Creates the record of an exchange that has ended, from everything that is known about it.</summary>
/// <remarks>
/// Texts may come from a broken or hostile server, or from the user's own provider. Each one passes through <see cref="SafeText"/>, here or
/// where it is read: those of the address in <see cref="RecognizedApi"/>, the request's model in the handler.
/// </remarks>
internal static class UsageRecordFactory
{
    /// <summary>Creates the record.</summary>
    /// <param name="start">The facts that were known when the request was sent.</param>
    /// <param name="api">The API of <paramref name="start"/>, which is known now.</param>
    /// <param name="provider">The name of the provider that answered.</param>
    /// <param name="response">The status and the id from the headers; the default value when no response was received.</param>
    /// <param name="report">The results of reading the body.</param>
    /// <param name="verdict">The outcome and the status that were decided from the rest.</param>
    /// <param name="bodyIsStream">Whether the body was a stream; null when there was no body, or its form is unknown.</param>
    /// <param name="firstByteTimestamp">The timestamp at which the caller read the first byte; zero when it read none.</param>
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
        // The body of an error is never a stream, so it does not tell which form the request asked for.
        bool? isStreamByBody = response.IsSuccess ? bodyIsStream : null;
        bool isStreaming = isStreamByBody ?? start.AsksForStream;
        bool hasFirstChunk = isStreaming && response.IsSuccess && firstByteTimestamp != 0;
        string? requestModel = start.RequestModel ?? api.Endpoint.Model;

        // A scope joins several calls under its own id. Without a scope and without a marked call, the exchange is the only attempt of its call.
        Guid callId = start.Attribution?.Scope?.CallId ?? start.Attribution?.Call?.Id ?? start.Id;
        return new UsageRecord
        {
            Id = start.Id,
            StartedAt = start.StartedAt,
            Duration = timeProvider.GetElapsedTime(start.StartTimestamp),
            TimeToFirstChunk = hasFirstChunk ? timeProvider.GetElapsedTime(start.StartTimestamp, firstByteTimestamp) : null,
            Provider = SafeText.Clean(provider),
            Operation = api.Endpoint.Operation,
            Protocol = api.Protocol,
            ServerAddress = SafeText.Clean(start.ServerAddress),
            ServerPort = start.ServerPort,
            Deployment = api.Endpoint.Deployment,
            ApiVersion = api.Endpoint.ApiVersion,
            Region = SafeText.Clean(report.Region ?? api.GetRegion(requestModel)),
            RequestModel = requestModel,
            ResponseModel = SafeText.Clean(report.ResponseModel),
            ResponseId = SafeText.Clean(report.ResponseId),
            RequestId = SafeText.Clean(response.RequestId),
            StatusCode = response.StatusCode,
            Streaming = isStreaming,
            FinishReasons = Clean(report.FinishReasons),
            RequestedServiceTier = SafeText.Clean(start.RequestedServiceTier),
            ServiceTier = SafeText.Clean(report.ServiceTier),
            Speed = SafeText.Clean(report.Speed),
            IsGatewayCacheHit = response.IsGatewayCacheHit,
            Usage = WithCost(report.Usage, response),
            Iterations = Clean(report.Iterations),

            // A built-in provider has parsed the text. The text of a user's own reader may be invalid, and is null then.
            CheckedRawUsage = report.RawUsageIsJson ? CompactJson.CreateUnchecked(report.RawUsage) : CompactJson.TryCreate(report.RawUsage),
            Status = verdict.Status,
            Outcome = verdict.Outcome,
            NeedsReview = verdict.NeedsReview,

            // An error body never has the form that the protocol uses for responses, so that is not an anomaly.
            Anomalies = verdict.Outcome == UsageOutcome.Rejected ? UsageAnomalies.None : report.Anomalies,
            Error = Clean(report.Error),
            UsageRequest = start.UsageRequest ?? GetStateOfUnknownRequest(start, api, isStreamByBody),
            CallId = callId,
            Attempt = start.Attribution?.Attempt ?? 1,
            Tags = start.Attribution?.Tags ?? TagSet.Empty,
            TraceId = start.TracingSpan?.TraceId.ToHexString(),
            SpanId = start.TracingSpan?.SpanId.ToHexString(),
        };
    }

    // Only the stream that came tells that an unreadable request asked for one. The handler could not add the option to it.
    private static UsageRequestState? GetStateOfUnknownRequest(ExchangeStart start, RecognizedApi api, bool? isStreamByBody) =>
        start.RequestBodyIsUnknown && isStreamByBody == true && api.UsageOption is not null ? UsageRequestState.NotAsked : null;

    // The header of an answer from the cache still has the cost of the call that filled it.
    private static TokenUsage? WithCost(TokenUsage? usage, ResponseStart response) =>
        usage is { ReportedCost: null } counts && response is { ReportedCost: { } cost, IsGatewayCacheHit: false }
            ? counts with { ReportedCost = cost }
            : usage;

    private static ValueList<string> Clean(ValueList<string> finishReasons)
    {
        // Clean returns the same object when the text is safe. The list is then not copied.
        bool isSafe = true;
        for (int i = 0; i < finishReasons.Count; i++)
        {
            isSafe &= ReferenceEquals(finishReasons[i], SafeText.Clean(finishReasons[i]));
        }

        return isSafe ? finishReasons : ValueList<string>.From([.. finishReasons.Select(reason => SafeText.Clean(reason))]);
    }

    private static IReadOnlyList<UsageIteration> Clean(IReadOnlyList<UsageIteration> iterations) =>
        iterations.Count == 0
            ? iterations
            : [.. iterations
                .OfType<UsageIteration>() // A user's reader may have added null.
                .Select(item => item with { Type = SafeText.Clean(item.Type), Model = SafeText.Clean(item.Model) })];

    private static UsageError? Clean(UsageError? error) => error is null ? null : error with
    {
        Code = SafeText.Clean(error.Code, SafeText.MaxErrorLength),
        Type = SafeText.Clean(error.Type, SafeText.MaxErrorLength),
        Parameter = SafeText.Clean(error.Parameter, SafeText.MaxErrorLength),
    };
}
