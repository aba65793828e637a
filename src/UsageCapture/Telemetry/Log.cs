using Microsoft.Extensions.Logging;

namespace UsageCapture.Telemetry;

/// <summary>Every message of the package. Ids are never used again for another message.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "{Provider} {Model}: input tokens {InputTokens}, of them cached {CachedInputTokens}, output tokens {OutputTokens}; usage {Status}, exchange {Outcome}, record {Id}.", EventName = "Usage")]
    public static partial void Usage(
        ILogger logger, string provider, string? model, object inputTokens, object cachedInputTokens, object outputTokens, UsageStatus status, UsageOutcome outcome, Guid id);

    [LoggerMessage(2, LogLevel.Error, "The sink {Sink} failed and did not take {Count} records: {Records}", EventName = "SinkFailed")]
    public static partial void SinkFailed(ILogger logger, Exception exception, string sink, int count, string records);

    [LoggerMessage(3, LogLevel.Error, "The sink {Sink} has not taken a record within the PublishTimeout of {Timeout}, and the caller reads on. If the sink never finishes, the record is lost but for this line: {Record}", EventName = "SinkLate")]
    public static partial void SinkLate(ILogger logger, string sink, TimeSpan timeout, string record);

    [LoggerMessage(4, LogLevel.Error, "Reading usage from a response of {Provider} failed. The caller reads on undisturbed; its record will say DecodingFailed.", EventName = "DecodingFailed")]
    public static partial void DecodingFailed(ILogger logger, Exception exception, string provider);

    [LoggerMessage(5, LogLevel.Error, "Recognising a call of {Host}{Path} failed, so it goes on without a record. Correct the UsageProvider among UsageCaptureOptions.Providers that threw.", EventName = "RecognizingFailed")]
    public static partial void RecognizingFailed(ILogger logger, Exception exception, string host, string path);

    [LoggerMessage(6, LogLevel.Warning, "{Host}{Path} refuses stream_options for the model {Model}, so the request was sent without it, and usage is not asked for there until {Until:u}. Set UsageRequest to Never for this client if it never takes it.", EventName = "UsageRefused")]
    public static partial void UsageRefused(ILogger logger, string host, string path, string? model, DateTimeOffset until);

    [LoggerMessage(7, LogLevel.Error, "UsageCaptureOptions.Enrich failed for a request to {Host}{Path}. The request goes on; its record has the tags that were there before.", EventName = "EnrichingFailed")]
    public static partial void EnrichingFailed(ILogger logger, Exception exception, string host, string path);

    [LoggerMessage(8, LogLevel.Warning, "{Provider} {Model}: input tokens {InputTokens}, of them cached {CachedInputTokens}, output tokens {OutputTokens}; usage {Status}, exchange {Outcome}, error {ErrorCode}, anomalies {Anomalies}, asked for usage: {UsageRequest}, record {Id}. It needs review: more may have been billed than it shows. Ask the provider for the response {ResponseId}, request {RequestId}.", EventName = "UsageNeedsReview")]
    public static partial void UsageNeedsReview(
        ILogger logger, string provider, string? model, object inputTokens, object cachedInputTokens, object outputTokens, UsageStatus status, UsageOutcome outcome, string errorCode, UsageAnomalies anomalies, object usageRequest, Guid id, string responseId, string requestId);
}
