using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;

using UsageCapture.Testing.Streams;

namespace UsageCapture.Testing;

/// <summary>Makes a streamed answer of Google's Gemini, as server-sent events, for a test that has no recording of one.</summary>
/// <remarks>
/// <c>GeminiStream.Create("gemini-2.5-flash").Text("Hello").Finish("STOP").Usage(prompt: 12, cached: 4, candidates: 7).ToRecording()</c>
/// answers a streamed request at any address. As with Google, thoughts are counted beside the candidates. Without <see cref="Finish"/> the
/// stream breaks off.
/// </remarks>
[SuppressMessage("Naming", "CA1711", Justification = "A stream is what the field calls it; it is none of System.IO's.")]
public sealed class GeminiStream
{
    private const string Path = "*:streamGenerateContent";

    private readonly string _model;
    private readonly List<JsonObject> _parts = [];
    private string? _finishReason;
    private string? _error;
    private GeminiUsage? _usage;
    private GeminiUsagePlacement _placement;

    private GeminiStream(string model) => _model = model;

    /// <summary>Begins a stream.</summary>
    /// <param name="model">The model that answers.</param>
    /// <returns>The stream, to be continued.</returns>
    public static GeminiStream Create(string model)
    {
        ArgumentException.ThrowIfNullOrEmpty(model);
        return new GeminiStream(model);
    }

    /// <summary>Makes a refusal, such as a 429 to be retried.</summary>
    /// <param name="status">The HTTP status code.</param>
    /// <param name="code">What the error calls itself, such as <c>RESOURCE_EXHAUSTED</c>.</param>
    /// <param name="retryAfter">How long the caller is asked to wait, in whole seconds; null to ask for nothing.</param>
    /// <returns>The recording.</returns>
    public static Recording Rejected(int status, string code, TimeSpan? retryAfter = null) =>
        MadeRecording.OfRejection(UrlOf("gemini"), "*:*enerateContent", status, retryAfter, new JsonObject
        {
            ["error"] = new JsonObject { ["code"] = status, ["message"] = "The request was refused.", ["status"] = code },
        });

    /// <summary>Adds text.</summary>
    /// <param name="parts">The text, one chunk a part.</param>
    /// <returns>The same stream.</returns>
    public GeminiStream Text(params IEnumerable<string> parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        _parts.AddRange(parts.Select(part => new JsonObject { ["text"] = part }));
        return this;
    }

    /// <summary>Adds the call of a function.</summary>
    /// <param name="name">The function's name.</param>
    /// <param name="arguments">Its arguments as JSON text, an object.</param>
    /// <returns>The same stream.</returns>
    public GeminiStream ToolCall(string name, string arguments)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(arguments);
        _parts.Add(new JsonObject { ["functionCall"] = new JsonObject { ["name"] = name, ["args"] = JsonNode.Parse(arguments) } });
        return this;
    }

    /// <summary>Ends the answer.</summary>
    /// <param name="reason">Why: <c>STOP</c>, <c>MAX_TOKENS</c>, …</param>
    /// <returns>The same stream.</returns>
    public GeminiStream Finish(string reason)
    {
        ArgumentException.ThrowIfNullOrEmpty(reason);
        _finishReason = reason;
        return this;
    }

    /// <summary>Says what the answer used.</summary>
    /// <param name="prompt">The tokens of the input.</param>
    /// <param name="candidates">The tokens of the answer, without its thoughts.</param>
    /// <param name="cached">The part of the input that was read from a cache; null to say nothing of it.</param>
    /// <param name="thoughts">The tokens of the thoughts; null to say nothing of them.</param>
    /// <param name="placement">Where in the stream it stands.</param>
    /// <returns>The same stream.</returns>
    public GeminiStream Usage(
        long prompt, long candidates, long? cached = null, long? thoughts = null, GeminiUsagePlacement placement = GeminiUsagePlacement.EveryChunk)
    {
        _usage = new GeminiUsage(prompt, candidates, cached, thoughts);
        _placement = placement;
        return this;
    }

    /// <summary>Ends the stream with an error instead: the finish does not come.</summary>
    /// <param name="status">What the error calls itself, such as <c>UNAVAILABLE</c>.</param>
    /// <returns>The same stream.</returns>
    public GeminiStream Error(string status)
    {
        ArgumentException.ThrowIfNullOrEmpty(status);
        _error = status;
        return this;
    }

    /// <summary>Makes the recording.</summary>
    /// <param name="name">Its name, for messages and files.</param>
    /// <returns>The recording, which expects a record with this usage.</returns>
    public Recording ToRecording(string name = "gemini-stream")
    {
        var request = new JsonObject
        {
            ["contents"] = new JsonArray(new JsonObject
            {
                ["role"] = "user",
                ["parts"] = new JsonArray(new JsonObject { ["text"] = "Hello." }),
            }),
        };
        return MadeRecording.OfStream(name, UrlOf(_model), Path, request, Body(), MadeRecording.Expected(
            _model, _usage?.ToExpected(), isWhole: _finishReason is not null, hasFailed: _error is not null));
    }

    private static string UrlOf(string model) =>
        $"https://generativelanguage.googleapis.com/v1beta/models/{model}:streamGenerateContent?alt=sse";

    private EventWriter Body()
    {
        var body = new EventWriter();
        for (int i = 0; i < _parts.Count; i++)
        {
            bool isLast = i == _parts.Count - 1 && _error is null && _finishReason is not null;
            body.Write(Chunk(_parts[i], isLast ? _finishReason : null, UsageAt(i, isLast)));
        }

        if (_error is not null)
        {
            ErrorEvents.WriteGemini(body, _error);
        }
        else if (_parts.Count == 0 && _finishReason is not null)
        {
            body.Write(Chunk(new JsonObject { ["text"] = "" }, _finishReason, UsageAt(0, isLast: true)));
        }

        return body;
    }

    private JsonObject? UsageAt(int chunk, bool isLast) =>
        isLast ? _usage?.ToJson()
        : _placement == GeminiUsagePlacement.EveryChunk ? _usage?.ToJson(chunk)
        : null;

    private JsonObject Chunk(JsonObject part, string? finishReason, JsonObject? usage)
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

        var chunk = new JsonObject { ["candidates"] = new JsonArray(candidate), ["modelVersion"] = _model, ["responseId"] = "made" };
        if (usage is not null)
        {
            chunk["usageMetadata"] = usage;
        }

        return chunk;
    }
}
