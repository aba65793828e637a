using System.Collections.ObjectModel;
using System.Text.Json;
using System.Text.Json.Serialization;

using UsageCapture.Delivery;

namespace UsageCapture;

/// <summary>One exchange with a language-model API as an immutable fact: who was asked, what came of it, what it used.</summary>
/// <remarks>
/// An exchange is one HTTP request and its response; a retry is another. A record holds counts, names, ids, times and status:
/// no prompt, no completion, no key.
/// </remarks>
public sealed record UsageRecord
{
    /// <summary>Gets the record's identity, a version 7 GUID: sorts by start time, and makes storing it twice harmless.</summary>
    public required Guid Id { get; init; }

    /// <summary>Gets the instant at which the request was handed on, in UTC.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>Gets the time from <see cref="StartedAt"/> until the end was seen.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>Gets the time from <see cref="StartedAt"/> until the caller read the first bytes of a streamed body.</summary>
    /// <value>Null when the response was a refusal or not a stream, or when no byte of it was read.</value>
    public TimeSpan? TimeToFirstChunk { get; init; }

    /// <summary>Gets who answered, by the OpenTelemetry names for <c>gen_ai.provider.name</c>: <c>openai</c>, <c>azure.ai.openai</c>, …</summary>
    /// <remarks>A server that speaks OpenAI's protocol at an address that says nothing else is recorded as <c>openai</c>.</remarks>
    public required string Provider { get; init; }

    /// <summary>Gets what was asked for, by the OpenTelemetry names for <c>gen_ai.operation.name</c>: <c>chat</c>, …</summary>
    public required string Operation { get; init; }

    /// <summary>Gets the wire format that was read, such as <c>openai-chat</c>.</summary>
    public required string Protocol { get; init; }

    /// <summary>Gets the host that the request was sent to.</summary>
    public required string ServerAddress { get; init; }

    /// <summary>Gets the port that the request was sent to.</summary>
    public required int ServerPort { get; init; }

    /// <summary>Gets the Azure deployment named in the request's path; null elsewhere.</summary>
    public string? Deployment { get; init; }

    /// <summary>Gets the <c>api-version</c> of the request's query; null when there is none.</summary>
    public string? ApiVersion { get; init; }

    /// <summary>Gets the model that the request's body names; null when it names none, as with Azure deployments.</summary>
    public string? RequestModel { get; init; }

    /// <summary>Gets the model that the response names first, which may be a dated version or another name altogether.</summary>
    public string? ResponseModel { get; init; }

    /// <summary>Gets the name to show: the model that answered, else the one that was asked for, else the deployment.</summary>
    [JsonIgnore]
    public string? Model => ResponseModel ?? RequestModel ?? Deployment;

    /// <summary>Gets the id that the response gives itself. Not every provider's ids are unique.</summary>
    public string? ResponseId { get; init; }

    /// <summary>Gets the id that the provider gave the HTTP request, from a response header; the one its support asks for.</summary>
    public string? RequestId { get; init; }

    /// <summary>Gets the HTTP status code; null when no response came.</summary>
    public int? StatusCode { get; init; }

    /// <summary>Gets whether the response was a stream; where no body was seen, whether the request asked for one.</summary>
    public bool Streaming { get; init; }

    /// <summary>Gets the last finish reason of each choice, in the order of the choices, those that have finished only.</summary>
    /// <remarks>
    /// Of OpenAI's Responses and runs it is the status that they ended in, such as <c>completed</c> or <c>incomplete</c>; while they are
    /// queued or in progress there is none.
    /// </remarks>
    public IReadOnlyList<string> FinishReasons { get; init; } = [];

    /// <summary>Gets the service tier that the response says it was processed in; null when it says none.</summary>
    public string? ServiceTier { get; init; }

    /// <summary>Gets the counts; null when the provider reported none.</summary>
    public TokenUsage? Usage { get; init; }

    /// <summary>Gets the inferences that the provider made for the response, where it lists them; empty elsewhere.</summary>
    public IReadOnlyList<UsageIteration> Iterations { get; init; } = [];

    /// <summary>Gets the provider's own usage object as JSON text, verbatim; null when there was none.</summary>
    /// <remarks>
    /// In the record's own JSON it stands as an object. It is there without <see cref="Usage"/> where the provider bills by something else
    /// than tokens, such as the seconds of a transcription.
    /// </remarks>
    [JsonConverter(typeof(RawJsonConverter))]
    public string? RawUsage { get; init; }

    /// <summary>Gets how far <see cref="Usage"/> can be trusted.</summary>
    public required UsageStatus Status { get; init; }

    /// <summary>Gets how the exchange ended.</summary>
    public required UsageOutcome Outcome { get; init; }

    /// <summary>Gets what was odd about the response.</summary>
    public UsageAnomalies Anomalies { get; init; }

    /// <summary>Gets what the error called itself, when the response was or carried one.</summary>
    public UsageError? Error { get; init; }

    /// <summary>Gets who asked for usage in the stream; null when the request was not for a stream.</summary>
    public UsageRequestState? UsageRequest { get; init; }

    /// <summary>Gets what this exchange has in common with others that belong together; its own <see cref="Id"/> where nothing does.</summary>
    /// <value>
    /// The id of the innermost <see cref="UsageScope"/> that the request was sent in. Outside of any, the id of the call, which its
    /// attempts share: the same request sent again after it failed, an SDK's retries where it was plugged in with
    /// <c>UseUsageCapture</c>, and the copies of a handler that hedges and that <c>AddUsageCapture</c> was called after.
    /// </value>
    public Guid CallId { get; init; }

    /// <summary>Gets which attempt at the same call it is, from one up, in the order in which they began, inside a scope or not.</summary>
    /// <remarks>A retry in a new request that has nothing to do with the first, as of an SDK that is not plugged in, cannot be told from a new call.</remarks>
    public int Attempt { get; init; } = 1;

    /// <summary>Gets the tags from <see cref="UsageScope"/>, the request's options and <see cref="UsageCaptureOptions.Enrich"/>; empty when there are none.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = ReadOnlyDictionary<string, string>.Empty;

    /// <summary>Gets the trace that was current when the request was sent; null when there was none.</summary>
    public string? TraceId { get; init; }

    /// <summary>Gets the span that was current when the request was sent; null when there was none.</summary>
    public string? SpanId { get; init; }

    /// <summary>Gets whether somebody should look at this record: tokens may have been billed that it does not show.</summary>
    /// <value>
    /// True when something may have been generated and <see cref="Status"/> is not <see cref="UsageStatus.Exact"/>, or when all counts
    /// are zero. False for requests that were rejected, or never sent for want of a connection.
    /// </value>
    /// <remarks>
    /// Look at <see cref="Outcome"/>, <see cref="UsageRequest"/> and <see cref="Anomalies"/> for the reason, ask the provider by
    /// <see cref="ResponseId"/> or <see cref="RequestId"/>, and store what was found over the record, by its <see cref="Id"/>.
    /// </remarks>
    public bool NeedsReview { get; init; }

    /// <summary>Writes the record as one line of JSON with names and values in snake_case and durations in seconds: the form of logs and exports.</summary>
    /// <returns>The JSON text. Anomalies are a list of words; members that are null are written as null.</returns>
    public string ToJson() => JsonSerializer.Serialize(this, UsageRecordJson.Default.UsageRecord);
}
