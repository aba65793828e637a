using Microsoft.Extensions.Logging;

namespace UsageCapture.Telemetry;

/// <summary>All log messages of the package.</summary>
/// <remarks>
/// An event id never changes its meaning, because users filter by it. A property always has the same type: a count that was not reported
/// is null, never a text. A message may show nothing for null, so values that may be null come after a colon. Only the model,
/// which is rarely null, is part of a sentence.
/// </remarks>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "The usage of a call of {Provider} {Model} was captured. Input tokens: {InputTokens}. Cached input tokens: {CachedInputTokens}. Output tokens: {OutputTokens}. Status: {Status}. Outcome: {Outcome}. Record: {Id}.", EventName = "Usage")]
    public static partial void Usage(
        ILogger logger, string provider, string? model, long? inputTokens, long? cachedInputTokens, long? outputTokens, UsageStatus status, UsageOutcome outcome, Guid id);

    [LoggerMessage(2, LogLevel.Error, "The sink {Sink} failed and did not store {Count} records: {Records}", EventName = "SinkFailed")]
    public static partial void SinkFailed(ILogger logger, Exception exception, string sink, int count, string records);

    [LoggerMessage(3, LogLevel.Error, "The sink {Sink} did not store a record within the PublishTimeout of {Timeout}. The caller continues without waiting. If the sink does not finish, only this message has the record: {Record}", EventName = "SinkTimedOut")]
    public static partial void SinkTimedOut(ILogger logger, string sink, TimeSpan timeout, string record);

    [LoggerMessage(4, LogLevel.Error, "Reading usage from a response of {Provider} failed. The caller's response is not affected. The record has the anomaly DecodingFailed.", EventName = "DecodingFailed")]
    public static partial void DecodingFailed(ILogger logger, Exception exception, string provider);

    [LoggerMessage(5, LogLevel.Error, "Recognizing the API of {Host}{Path} failed. This call has a record only if its response is that of a known API. Correct the UsageProvider in UsageCaptureOptions.Providers that threw the exception.", EventName = "RecognizingFailed")]
    public static partial void RecognizingFailed(ILogger logger, Exception exception, string host, string path);

    [LoggerMessage(6, LogLevel.Warning, "{Host}{Path} rejects stream_options for the model {Model}. The request was sent without it. Usage is not asked for at this address until {Until:u}. If this server never supports it, set UsageCaptureOptions.UsageRequest to Never for this client.", EventName = "UsageRefused")]
    public static partial void UsageRefused(ILogger logger, string host, string path, string? model, DateTimeOffset until);

    [LoggerMessage(7, LogLevel.Error, "UsageCaptureOptions.Enrich failed for a request to {Host}{Path}. The request is sent. Its record has the tags from before the call of Enrich.", EventName = "EnrichingFailed")]
    public static partial void EnrichingFailed(ILogger logger, Exception exception, string host, string path);

    [LoggerMessage(8, LogLevel.Warning, "The usage of a call of {Provider} {Model} needs review. The provider may have billed more than this record shows. Input tokens: {InputTokens}. Cached input tokens: {CachedInputTokens}. Output tokens: {OutputTokens}. Status: {Status}. Outcome: {Outcome}. Error: {ErrorCode}. Anomalies: {Anomalies}. Request for usage: {UsageRequest}. Record: {Id}. Ask the provider for the usage of this response by its ids. Response: {ResponseId}. Request: {RequestId}.", EventName = "UsageNeedsReview")]
    public static partial void UsageNeedsReview(
        ILogger logger, string provider, string? model, long? inputTokens, long? cachedInputTokens, long? outputTokens, UsageStatus status, UsageOutcome outcome, string? errorCode, UsageAnomalies anomalies, UsageRequestState? usageRequest, Guid id, string? responseId, string? requestId);

    [LoggerMessage(9, LogLevel.Error, "The sinks were not created, so none of them stored this record: {Record} Correct the constructor that threw the exception. Creation is tried again for the next record.", EventName = "SinksNotCreated")]
    public static partial void SinksNotCreated(ILogger logger, Exception exception, string record);

    [LoggerMessage(10, LogLevel.Error, "The sink {Sink} did not store {Count} records in the {Timeout} that its disposal or the exit of the process may wait. If the sink does not finish, only this message has the records: {Records}", EventName = "ShutdownTimedOut")]
    public static partial void ShutdownTimedOut(ILogger logger, string sink, int count, TimeSpan timeout, string records);

    [LoggerMessage(11, LogLevel.Warning, "UsageCaptureOptions.Enrich set tags without a value for a request to {Host}{Path}. The record does not have them. Tags: {Tags}. Remove such a tag, or give it an empty text.", EventName = "TagsWithoutValue")]
    public static partial void TagsWithoutValue(ILogger logger, string host, string path, string tags);

    [LoggerMessage(12, LogLevel.Error, "Reading the ResponseFields of {Provider} failed. Responses at unknown addresses are not recognized as this provider's.", EventName = "ResponseFieldsFailed")]
    public static partial void ResponseFieldsFailed(ILogger logger, Exception exception, string provider);

    [LoggerMessage(13, LogLevel.Warning, "A caller has left a response before its usage came. The rest is not read, because {MaxConcurrentDrains} responses are being read already, so the record has the anomaly NotDrained. If so many callers leave at the same time regularly, raise UsageCaptureOptions.MaxConcurrentDrains. This message is logged at most once per minute.", EventName = "DrainLimitReached")]
    public static partial void DrainLimitReached(ILogger logger, int maxConcurrentDrains);

    [LoggerMessage(14, LogLevel.Error, "The sink {Sink} failed after its PublishTimeout had passed. It was given the record {Id}, which an earlier message SinkTimedOut has as JSON.", EventName = "SinkFailedLate")]
    public static partial void SinkFailedLate(ILogger logger, Exception exception, string sink, Guid id);

    [LoggerMessage(15, LogLevel.Error, "{Participant} failed at the exit of the process. The records that it had not delivered are lost.", EventName = "FinishingFailed")]
    public static partial void FinishingFailed(ILogger logger, Exception exception, string participant);
}
