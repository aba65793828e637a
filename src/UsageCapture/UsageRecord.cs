using System.Text.Json;
using System.Text.Json.Serialization;

using UsageCapture.Delivery;

namespace UsageCapture;

/// <summary>The usage of one exchange with a language-model API: which API and model, how it ended, and the tokens it used.</summary>
/// <remarks>
/// <para>
/// An exchange is one HTTP request and its response. A retry is another exchange with its own record. A record holds counts, names, ids,
/// times and status. It never holds a prompt, a completion, a key or an error text. Names and ids in records of the handler have at most
/// 256 characters, and no control characters: a line end or an escape character is replaced with U+FFFD.
/// </para>
/// <para>
/// A record is immutable and thread-safe. Two records are equal when all their members are equal; lists and tags are compared by
/// their content. <see cref="ToJson"/> and <see cref="FromJson"/> convert a record to JSON and back.
/// </para>
/// </remarks>
public sealed record UsageRecord
{
    private readonly CompactJson? _rawUsage;

    /// <summary>Gets the unique id of the record, a version 7 GUID, which sorts by start time.</summary>
    /// <remarks>Use it as the key where records are stored. A record that is delivered twice is then stored once.</remarks>
    public required Guid Id { get; init; }

    /// <summary>Gets the time at which the handler sent the request, in UTC.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>Gets the time from <see cref="StartedAt"/> until the exchange ended.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>Gets the time from <see cref="StartedAt"/> until the caller received the first bytes of a streamed body.</summary>
    /// <value>Null when the response was not a stream or not successful, or when the caller read no byte of it.</value>
    public TimeSpan? TimeToFirstChunk { get; init; }

    /// <summary>Gets the provider that served the request, such as <c>openai</c> or <c>azure.ai.openai</c>.</summary>
    /// <value>A value of the OpenTelemetry attribute <c>gen_ai.provider.name</c>.</value>
    /// <remarks>A server with OpenAI's protocol at an unknown address is recorded as <c>openai</c>.</remarks>
    public required string Provider { get; init; }

    /// <summary>Gets the kind of operation, such as <c>chat</c> or <c>embeddings</c>.</summary>
    /// <value>A value of the OpenTelemetry attribute <c>gen_ai.operation.name</c>.</value>
    public required string Operation { get; init; }

    /// <summary>Gets the wire format that was read, such as <c>openai-chat</c>: the <see cref="UsageProvider.Protocol"/> of a provider.</summary>
    public required string Protocol { get; init; }

    /// <summary>Gets the host name of the request's address.</summary>
    public required string ServerAddress { get; init; }

    /// <summary>Gets the port of the request's address.</summary>
    public required int ServerPort { get; init; }

    /// <summary>Gets the Azure deployment in the request's path; null for other APIs.</summary>
    public string? Deployment { get; init; }

    /// <summary>Gets the <c>api-version</c> in the request's query; null when there is none.</summary>
    public string? ApiVersion { get; init; }

    /// <summary>Gets the region in which the model ran, as the price depends on it, such as <c>us</c>, <c>global</c> or <c>europe-west1</c>.</summary>
    /// <value>The provider's own spelling. Null when neither the response nor the request names a region.</value>
    /// <remarks>
    /// It is what the response states, for Anthropic <c>usage.inference_geo</c>. Otherwise it comes from the request: the prefix of Bedrock's
    /// inference profile (<c>us.anthropic.…</c>) or the region of its ARN, the location in the path of Vertex AI, or the region in the host,
    /// such as <c>eu.api.openai.com</c> or <c>bedrock-runtime.us-east-1.amazonaws.com</c>. The host of an Azure OpenAI resource names no region.
    /// </remarks>
    public string? Region { get; init; }

    /// <summary>Gets the model that the request asks for; null when it names none, as with Azure deployments.</summary>
    public string? RequestModel { get; init; }

    /// <summary>Gets the first model name in the response; null when it names none.</summary>
    /// <remarks>It may be a dated version of the requested model, or a different model when a gateway chose one.</remarks>
    public string? ResponseModel { get; init; }

    /// <summary>Gets the model name to display: <see cref="ResponseModel"/>, else <see cref="RequestModel"/>, else <see cref="Deployment"/>.</summary>
    /// <value>Null when none of them is known.</value>
    [JsonIgnore]
    public string? Model => ResponseModel ?? RequestModel ?? Deployment;

    /// <summary>Gets the id in the response body, such as <c>chatcmpl-…</c>; null when there is none. Some providers do not use unique ids.</summary>
    public string? ResponseId { get; init; }

    /// <summary>Gets the id of the HTTP request from a response header; null when there is none. The provider's support asks for it.</summary>
    public string? RequestId { get; init; }

    /// <summary>Gets the HTTP status code; null when no response arrived.</summary>
    public int? StatusCode { get; init; }

    /// <summary>Gets whether the response was a stream. When no body was seen, whether the request asked for a stream.</summary>
    public bool Streaming { get; init; }

    /// <summary>Gets the last finish reason of each finished choice, in the order of the choices; empty when none has finished.</summary>
    /// <value>The list is copied when it is set. Null counts as empty.</value>
    /// <remarks>
    /// For OpenAI's Responses and runs it is the final status, such as <c>completed</c> or <c>incomplete</c>. There is none while they are
    /// queued or in progress.
    /// </remarks>
    /// <exception cref="ArgumentException">An item is null.</exception>
    public IReadOnlyList<string> FinishReasons
    {
        get;
        init => field = ValueList<string>.From(value);
    } = ValueList<string>.Empty;

    /// <summary>Gets the service tier that the request asked for, from its member <c>service_tier</c>; null when it has none.</summary>
    public string? RequestedServiceTier { get; init; }

    /// <summary>Gets the service tier that processed the request, as the response states it; null when it does not.</summary>
    public string? ServiceTier { get; init; }

    /// <summary>Gets the speed at which the request was processed, as the response states it, for Anthropic <c>standard</c> or <c>fast</c>.</summary>
    /// <value>Null when the response does not state it. Anthropic's fast mode has higher prices.</value>
    public string? Speed { get; init; }

    /// <summary>Gets whether a gateway answered from its own cache, as a header of the response says. Then nothing was billed.</summary>
    /// <value>
    /// Recognized by the headers of LiteLLM, Portkey, Helicone, OmniRoute and Cloudflare's AI Gateway; false for other gateways. When it is true,
    /// <see cref="Usage"/> is that of the call that filled the cache.
    /// </value>
    public bool IsGatewayCacheHit { get; init; }

    /// <summary>Gets the token counts; null when the provider reported none.</summary>
    public TokenUsage? Usage { get; init; }

    /// <summary>Gets the individual model runs that the provider lists for this response; empty when it lists none.</summary>
    /// <value>The list is copied when it is set. Null counts as empty.</value>
    /// <exception cref="ArgumentException">An item is null.</exception>
    public IReadOnlyList<UsageIteration> Iterations
    {
        get;
        init => field = ValueList<UsageIteration>.From(value);
    } = ValueList<UsageIteration>.Empty;

    /// <summary>Gets the provider's own usage object as JSON text; null when there was none or it was not valid JSON.</summary>
    /// <value>
    /// White space between tokens is removed when the text is set. Everything else stays as the provider wrote it. The text
    /// <c>null</c> counts as null.
    /// </value>
    /// <remarks>
    /// <see cref="ToJson"/> writes it as a JSON value, not as a string. It may be present when <see cref="Usage"/> is null, because some
    /// responses are not billed by tokens, such as the transcription of audio, which is billed by seconds.
    /// </remarks>
    /// <exception cref="ArgumentException">The text is not exactly one JSON value of at most 63 levels.</exception>
    [JsonConverter(typeof(RawJsonConverter))]
    public string? RawUsage
    {
        get => _rawUsage?.ToString();
        init => CheckedRawUsage = value is null ? null : Compact(value);
    }

    /// <summary>Gets how far <see cref="Usage"/> can be trusted.</summary>
    public required UsageStatus Status { get; init; }

    /// <summary>Gets how the exchange ended.</summary>
    public required UsageOutcome Outcome { get; init; }

    /// <summary>Gets what was unusual about the response; <see cref="UsageAnomalies.None"/> when nothing was.</summary>
    public UsageAnomalies Anomalies { get; init; }

    /// <summary>Gets the code and type of the error that the server reported; null when it reported none.</summary>
    public UsageError? Error { get; init; }

    /// <summary>Gets who asked the server for usage in the stream; null when the request was not for a stream.</summary>
    public UsageRequestState? UsageRequest { get; init; }

    /// <summary>Gets the id of the group that the exchange belongs to: the attempts of one call, or all exchanges in a scope.</summary>
    /// <value>
    /// Inside a <see cref="UsageScope"/>, the id of the innermost scope. Outside a scope, the id of the call, which is the same as
    /// <see cref="Id"/> when the exchange is its only known attempt. An empty GUID in a record that was made without it.
    /// </value>
    /// <remarks>
    /// These exchanges are known to be attempts of one call: a request object that is sent again after it failed, the retries of an SDK
    /// that uses <c>UseUsageCapture</c>, and the retries and hedges of resilience handlers when <c>AddUsageCapture</c> is called after them.
    /// </remarks>
    public Guid CallId { get; init; }

    /// <summary>Gets the number of the attempt within its call, counted from 1 in the order of sending. Scopes do not change it.</summary>
    /// <remarks>A retry with a new request object, for example by an SDK without <c>UseUsageCapture</c>, looks like a new call and has number 1,
    /// unless the SDK tells the number of retries in the header <c>x-stainless-retry-count</c>, as Anthropic's does.</remarks>
    /// <value>The default is 1. Smaller values count as 1.</value>
    public int Attempt
    {
        get;
        init => field = Math.Max(value, 1); // The JSON reader sets 0 when the text has no attempt.
    } = 1;

    /// <summary>
    /// Gets the tags from <see cref="UsageScope"/>, <see cref="UsageCaptureHttpRequestMessageExtensions.SetUsageTags"/> and
    /// <see cref="UsageCaptureOptions.Enrich"/>; empty when there are none.
    /// </summary>
    /// <value>The tags are copied when they are set. Null counts as empty. Names are case-sensitive.</value>
    public IReadOnlyDictionary<string, string> Tags
    {
        get;
        init => field = TagSet.From(value);
    } = TagSet.Empty;

    /// <summary>Gets the id of the trace that was current when the request was sent, in hexadecimal; null when there was none.</summary>
    public string? TraceId { get; init; }

    /// <summary>Gets the id of the span that was current when the request was sent, in hexadecimal; null when there was none.</summary>
    public string? SpanId { get; init; }

    /// <summary>Gets whether the provider may have billed tokens that this record does not show.</summary>
    /// <value>
    /// True when the model may have generated something and <see cref="Status"/> is not <see cref="UsageStatus.Exact"/>, or when the counts
    /// contradict each other: all of them or the input are zero, the total is not the sum, or a part exceeds its whole. False for answers
    /// from a gateway's cache, and for requests that were never sent because the connection failed or because a circuit breaker or rate limiter
    /// of Polly stopped them. Also false for requests that the server rejected, except with status 408, 499, 502, 504 or 524: there a gateway
    /// may have passed the request on.
    /// </value>
    /// <remarks>
    /// <see cref="Outcome"/>, <see cref="UsageRequest"/> and <see cref="Anomalies"/> give the reason. Ask the provider for the usage of
    /// <see cref="ResponseId"/> or <see cref="RequestId"/>, and replace the stored record by its <see cref="Id"/>.
    /// </remarks>
    public bool NeedsReview { get; init; }

    /// <summary>Sets <see cref="RawUsage"/> from a text that is already checked.</summary>
    internal CompactJson? CheckedRawUsage
    {
        init => _rawUsage = value is { IsNull: true } ? null : value; // Null and the JSON literal null look the same in the record's JSON.
    }

    /// <summary>Reads a record that <see cref="ToJson"/> wrote. The two records are equal.</summary>
    /// <param name="json">The JSON text.</param>
    /// <returns>The record.</returns>
    /// <remarks>Members and anomalies that this version does not know are ignored, so that older versions can read the records of newer ones.</remarks>
    /// <exception cref="ArgumentNullException"><paramref name="json"/> is null.</exception>
    /// <exception cref="FormatException">
    /// The text is not the JSON of a record: it is not a JSON object, a required member is missing, or a value has the wrong type or is
    /// out of range. The message names the place; the inner exception has the cause.
    /// </exception>
    public static UsageRecord FromJson(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        try
        {
            return JsonSerializer.Deserialize(json, UsageRecordJson.Default.UsageRecord)
                ?? throw new FormatException("The text is the JSON value null, not a usage record.");
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException or InvalidOperationException)
        {
            throw new FormatException($"The text is not the JSON of a usage record. {exception.Message}", exception);
        }
    }

    /// <summary>Writes the record as JSON on one line, for logs, files and exports. <see cref="FromJson"/> reads it.</summary>
    /// <returns>
    /// The JSON text. Names and enumeration values are in snake_case, durations are in seconds, anomalies are a list of words. Members that
    /// are null are written as null.
    /// </returns>
    /// <remarks>It does not throw. Half of a surrogate pair in a text is written as U+FFFD, because JSON in UTF-8 cannot hold it.</remarks>
    public string ToJson() => JsonSerializer.Serialize(this, UsageRecordJson.Default.UsageRecord);

    private static CompactJson Compact(string value) =>
        CompactJson.TryCreate(value) ?? throw new ArgumentException(
            $"RawUsage is not exactly one JSON value of at most {CompactJson.MaxDepth} levels. Set the provider's usage object, or null when it is not valid JSON.",
            nameof(value));
}
