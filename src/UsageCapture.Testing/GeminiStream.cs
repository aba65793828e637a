using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;

using UsageCapture.Testing.SyntheticStreams;

namespace UsageCapture.Testing;

/// <summary>Builds a synthetic recording of a streamed response of Google's Gemini API, for tests without a real one.</summary>
/// <remarks>
/// <para>
/// Call <see cref="Create"/>, add the content, call <see cref="Finish"/> and <see cref="Usage"/>, and end with <see cref="ToRecording"/>:
/// <c>GeminiStream.Create("gemini-2.5-flash").Text("Hello").Finish("STOP").Usage(prompt: 12, cached: 4, candidates: 7).ToRecording()</c>.
/// The body consists of server-sent events (<c>alt=sse</c>). Without <see cref="Finish"/>, the stream ends after the content.
/// </para>
/// <para>Not thread-safe. The created recordings are thread-safe.</para>
/// </remarks>
[SuppressMessage("Naming", "CA1711", Justification = "The APIs call such a response a stream. The type does not derive from System.IO.Stream.")]
public sealed class GeminiStream
{
    // Vertex AI and gateways have the same API under other hosts, and under paths with another start.
    private const string PathPattern = "*:streamGenerateContent";

    // A rejection answers streamed and other requests alike: streamGenerateContent and generateContent.
    private const string RejectionPathPattern = "*:*enerateContent";

    // For the address of a rejection, which answers requests for every model.
    private const string PlaceholderModel = "gemini";

    private readonly string _model;
    private readonly List<JsonObject> _contentParts = []; // Texts and function calls. Each is sent in a chunk of its own.
    private string? _finishReason;
    private string? _errorStatusName;
    private GeminiUsage? _usage;
    private GeminiUsagePlacement _usagePlacement;

    private GeminiStream(string model) => _model = model;

    /// <summary>Starts a stream.</summary>
    /// <param name="model">The name of the model that the events report.</param>
    /// <returns>A new builder.</returns>
    public static GeminiStream Create(string model)
    {
        ArgumentException.ThrowIfNullOrEmpty(model);
        return new GeminiStream(model);
    }

    /// <summary>Creates a recording of a rejected request, such as a 429 that the caller retries.</summary>
    /// <param name="httpStatus">The HTTP status code of the response.</param>
    /// <param name="statusName">
    /// The status name of the error, such as <c>RESOURCE_EXHAUSTED</c>. Google sends the HTTP status as <c>code</c>, and this name as <c>status</c>.
    /// </param>
    /// <param name="retryAfter">The value of the Retry-After header, rounded down to seconds; null for no header.</param>
    /// <returns>The recording. It expects a record with the outcome <c>rejected</c>.</returns>
    public static Recording CreateRejection(int httpStatus, string statusName, TimeSpan? retryAfter = null)
    {
        ArgumentNullException.ThrowIfNull(statusName);
        return SyntheticRecordingFactory.CreateRejection(GetUrl(PlaceholderModel), RejectionPathPattern, httpStatus, retryAfter, new JsonObject
        {
            ["error"] = new JsonObject { ["code"] = httpStatus, ["message"] = "The request was rejected.", ["status"] = statusName },
        });
    }

    /// <summary>Adds text.</summary>
    /// <param name="parts">The parts of the text. Each is sent in its own chunk.</param>
    /// <returns>The same builder.</returns>
    public GeminiStream Text(params IEnumerable<string> parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        _contentParts.AddRange(parts.Select(part => new JsonObject { ["text"] = part }));
        return this;
    }

    /// <summary>Adds a function call, in one chunk.</summary>
    /// <param name="name">The name of the function.</param>
    /// <param name="arguments">The arguments: the text of a JSON object.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="System.Text.Json.JsonException">The arguments are not JSON.</exception>
    public GeminiStream ToolCall(string name, string arguments)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(arguments);
        _contentParts.Add(new JsonObject { ["functionCall"] = new JsonObject { ["name"] = name, ["args"] = JsonNode.Parse(arguments) } });
        return this;
    }

    /// <summary>Finishes the response. The reason is part of the last chunk.</summary>
    /// <param name="reason">The finish reason: <c>STOP</c>, <c>MAX_TOKENS</c> or another.</param>
    /// <returns>The same builder.</returns>
    public GeminiStream Finish(string reason)
    {
        ArgumentException.ThrowIfNullOrEmpty(reason);
        _finishReason = reason;
        return this;
    }

    /// <summary>Sets the token usage. Without this call, the stream reports none.</summary>
    /// <param name="prompt">The input tokens, cached ones included.</param>
    /// <param name="candidates">The output tokens without thoughts, as Google counts them.</param>
    /// <param name="cached">The input tokens that were read from the cache; null if they are not reported.</param>
    /// <param name="thoughts">The tokens of the thoughts; null if they are not reported.</param>
    /// <param name="placement">The position of the usage in the stream.</param>
    /// <returns>The same builder.</returns>
    public GeminiStream Usage(
        long prompt,
        long candidates,
        long? cached = null,
        long? thoughts = null,
        GeminiUsagePlacement placement = GeminiUsagePlacement.EveryChunk)
    {
        _usage = new GeminiUsage(prompt, candidates, cached, thoughts);
        _usagePlacement = placement;
        return this;
    }

    /// <summary>Ends the stream with an error event. The finish reason is not sent.</summary>
    /// <param name="statusName">The status name of the error, such as <c>UNAVAILABLE</c>.</param>
    /// <returns>The same builder.</returns>
    public GeminiStream Error(string statusName)
    {
        ArgumentException.ThrowIfNullOrEmpty(statusName);
        _errorStatusName = statusName;
        return this;
    }

    /// <summary>Creates the recording.</summary>
    /// <param name="name">The name of the recording, for messages and files.</param>
    /// <returns>
    /// A recording that answers streamed requests to this API at any host. It expects a record with this model and usage. After
    /// <see cref="Error"/> it expects the model and the outcome <c>server_error</c>; without <see cref="Finish"/>, the model only.
    /// </returns>
    public Recording ToRecording(string name = "gemini-stream")
    {
        ArgumentNullException.ThrowIfNull(name);
        var request = new JsonObject
        {
            ["contents"] = new JsonArray(new JsonObject
            {
                ["role"] = "user",
                ["parts"] = new JsonArray(new JsonObject { ["text"] = "Hello." }),
            }),
        };
        return SyntheticRecordingFactory.CreateStream(name, GetUrl(_model), PathPattern, request, WriteBody(), SyntheticRecordingFactory.CreateExpectedRecord(
            _model, _usage?.ToExpectedUsage(), isFinished: _finishReason is not null, hasFailed: _errorStatusName is not null));
    }

    private static string GetUrl(string model) =>
        $"https://generativelanguage.googleapis.com/v1beta/models/{model}:streamGenerateContent?alt=sse";

    private ServerSentEventWriter WriteBody()
    {
        var body = new ServerSentEventWriter();
        bool isFinished = _errorStatusName is null && _finishReason is not null;
        for (int i = 0; i < _contentParts.Count; i++)
        {
            // Google sends the finish reason, and the final usage, together with the last part of the content.
            bool isFinal = isFinished && i == _contentParts.Count - 1;
            body.Write(CreateChunk(_contentParts[i], isFinal ? _finishReason : null, CreateUsage(isFinal, outputTokensSoFar: i)));
        }

        if (_errorStatusName is not null)
        {
            ErrorEvents.WriteGemini(body, _errorStatusName);
        }
        else if (isFinished && _contentParts.Count == 0)
        {
            // Without content, the finish reason needs a chunk of its own.
            body.Write(CreateChunk(new JsonObject { ["text"] = "" }, _finishReason, CreateUsage(isFinal: true, outputTokensSoFar: 0)));
        }

        return body;
    }

    /// <summary>Creates the usage of a chunk; null if the chunk reports none. Before the final chunk, each earlier chunk counts as one output token.</summary>
    private JsonObject? CreateUsage(bool isFinal, long outputTokensSoFar)
    {
        if (isFinal)
        {
            return _usage?.ToJson();
        }

        return _usagePlacement == GeminiUsagePlacement.EveryChunk ? _usage?.ToPartialJson(outputTokensSoFar) : null;
    }

    private JsonObject CreateChunk(JsonObject part, string? finishReason, JsonObject? usage)
    {
        var candidate = new JsonObject
        {
            ["content"] = new JsonObject { ["parts"] = new JsonArray(part.DeepClone()), ["role"] = "model" },
            ["index"] = 0,
        };
        if (finishReason is not null)
        {
            candidate["finishReason"] = finishReason;
        }

        var chunk = new JsonObject { ["candidates"] = new JsonArray(candidate), ["modelVersion"] = _model, ["responseId"] = "synthetic" };
        if (usage is not null)
        {
            chunk["usageMetadata"] = usage;
        }

        return chunk;
    }
}
