using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;

using UsageCapture.Testing.SyntheticStreams;

namespace UsageCapture.Testing;

/// <summary>Builds a synthetic recording of a streamed response of OpenAI's Chat Completions API, for tests without a real one.</summary>
/// <remarks>
/// <para>
/// Call <see cref="Create"/>, add the content, call <see cref="Finish"/> and <see cref="Usage"/>, and end with <see cref="ToRecording"/>:
/// <c>ChatStream.Create("gpt-5-mini").Text("Hel", "lo").Finish("stop").Usage(prompt: 12, cached: 4, completion: 7).ToRecording()</c>.
/// Content is sent in the order of the calls. Without <see cref="Finish"/>, the stream ends after the content, without <c>[DONE]</c>. It then
/// has usage only with <see cref="ChatUsagePlacement.EveryChunk"/>.
/// </para>
/// <para>Not thread-safe. The created recordings are thread-safe.</para>
/// </remarks>
[SuppressMessage("Naming", "CA1711", Justification = "The APIs call such a response a stream. The type does not derive from System.IO.Stream.")]
public sealed class ChatStream
{
    private const string Url = "https://api.openai.com/v1/chat/completions";

    // Compatible services have the same API under other hosts, and under paths with another start.
    private const string PathPattern = "*/chat/completions";

    private readonly string _model;
    private readonly List<JsonObject> _deltas = []; // Each is sent in a chunk of its own.
    private int _toolCallCount;
    private bool _hasPromptFilterResults;
    private string? _finishReason;
    private string? _errorCode;
    private ChatUsage? _usage;
    private ChatUsagePlacement _usagePlacement;

    private ChatStream(string model) => _model = model;

    /// <summary>Starts a stream.</summary>
    /// <param name="model">The name of the model that the events report.</param>
    /// <returns>A new builder.</returns>
    public static ChatStream Create(string model)
    {
        ArgumentException.ThrowIfNullOrEmpty(model);
        return new ChatStream(model);
    }

    /// <summary>Creates a recording of a rejected request, such as a 429 that the caller retries.</summary>
    /// <param name="httpStatus">The HTTP status code of the response.</param>
    /// <param name="code">The code of the error, such as <c>rate_limit_exceeded</c>.</param>
    /// <param name="retryAfter">The value of the Retry-After header, rounded down to seconds; null for no header.</param>
    /// <returns>The recording. It expects a record with the outcome <c>rejected</c>.</returns>
    public static Recording CreateRejection(int httpStatus, string code, TimeSpan? retryAfter = null)
    {
        ArgumentNullException.ThrowIfNull(code);
        return SyntheticRecordingFactory.CreateRejection(Url, PathPattern, httpStatus, retryAfter, new JsonObject
        {
            ["error"] = new JsonObject { ["message"] = "The request was rejected.", ["type"] = code, ["param"] = null, ["code"] = code },
        });
    }

    /// <summary>Adds Azure's first chunk: the results of the content filter for the prompt. Its list of choices, its id and its model are empty.</summary>
    /// <returns>The same builder.</returns>
    public ChatStream PromptFilterResults()
    {
        _hasPromptFilterResults = true;
        return this;
    }

    /// <summary>Adds text.</summary>
    /// <param name="parts">The parts of the text. Each is sent in its own chunk.</param>
    /// <returns>The same builder.</returns>
    public ChatStream Text(params IEnumerable<string> parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        _deltas.AddRange(parts.Select(part => new JsonObject { ["content"] = part }));
        return this;
    }

    /// <summary>Adds a tool call, in two chunks: its name, then its arguments.</summary>
    /// <param name="name">The name of the tool.</param>
    /// <param name="arguments">The arguments: the text of a JSON object. They are sent unchecked.</param>
    /// <param name="id">The id of the call; null for <c>call_1</c>, <c>call_2</c> and so on.</param>
    /// <returns>The same builder.</returns>
    public ChatStream ToolCall(string name, string arguments, string? id = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(arguments);
        _deltas.Add(CreateToolCallDelta(new JsonObject
        {
            ["index"] = _toolCallCount,
            ["id"] = id ?? $"call_{_toolCallCount + 1}",
            ["type"] = "function",
            ["function"] = new JsonObject { ["name"] = name, ["arguments"] = "" },
        }));
        _deltas.Add(CreateToolCallDelta(new JsonObject
        {
            ["index"] = _toolCallCount,
            ["function"] = new JsonObject { ["arguments"] = arguments },
        }));
        _toolCallCount++;
        return this;
    }

    /// <summary>Finishes the response.</summary>
    /// <param name="reason">The finish reason: <c>stop</c>, <c>length</c>, <c>tool_calls</c>, <c>content_filter</c> or another.</param>
    /// <returns>The same builder.</returns>
    public ChatStream Finish(string reason)
    {
        ArgumentException.ThrowIfNullOrEmpty(reason);
        _finishReason = reason;
        return this;
    }

    /// <summary>Sets the token usage. Without this call, the stream reports none.</summary>
    /// <param name="prompt">The input tokens, cached ones included.</param>
    /// <param name="completion">The output tokens, reasoning included.</param>
    /// <param name="cached">The input tokens that were read from the cache; null if they are not reported.</param>
    /// <param name="reasoning">The reasoning tokens; null if they are not reported.</param>
    /// <param name="placement">The position of the usage in the stream.</param>
    /// <returns>The same builder.</returns>
    public ChatStream Usage(
        long prompt, long completion, long? cached = null, long? reasoning = null, ChatUsagePlacement placement = ChatUsagePlacement.OwnChunk)
    {
        _usage = new ChatUsage(prompt, completion, cached, reasoning);
        _usagePlacement = placement;
        return this;
    }

    /// <summary>Ends the stream with an error event instead of the finish reason.</summary>
    /// <remarks>Usage is not sent, except with <see cref="ChatUsagePlacement.EveryChunk"/>: there the chunks before the error have usage already.</remarks>
    /// <param name="code">The code of the error.</param>
    /// <returns>The same builder.</returns>
    public ChatStream Error(string code)
    {
        ArgumentException.ThrowIfNullOrEmpty(code);
        _errorCode = code;
        return this;
    }

    /// <summary>Creates the recording.</summary>
    /// <param name="name">The name of the recording, for messages and files.</param>
    /// <returns>
    /// A recording that answers streamed requests to this API at any host. It expects a record with this model and usage. After
    /// <see cref="Error"/> it expects the model and the outcome <c>server_error</c>; without <see cref="Finish"/>, the model only.
    /// </returns>
    public Recording ToRecording(string name = "chat-stream")
    {
        ArgumentNullException.ThrowIfNull(name);
        var request = new JsonObject
        {
            ["model"] = _model,
            ["stream"] = true,
            ["stream_options"] = new JsonObject { ["include_usage"] = true },
            ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = "Hello." }),
        };
        return SyntheticRecordingFactory.CreateStream(name, Url, PathPattern, request, WriteBody(), SyntheticRecordingFactory.CreateExpectedRecord(
            _model, _usage?.ToExpectedUsage(), isFinished: _finishReason is not null, hasFailed: _errorCode is not null));
    }

    private static JsonObject CreateToolCallDelta(JsonObject call) => new() { ["tool_calls"] = new JsonArray(call) };

    private static JsonObject CreateChoice(JsonObject delta, string? finishReason) =>
        new() { ["index"] = 0, ["delta"] = delta, ["finish_reason"] = finishReason };

    private ServerSentEventWriter WriteBody()
    {
        var body = new ServerSentEventWriter();
        if (_hasPromptFilterResults)
        {
            body.Write(PromptFilterChunk.Create());
        }

        body.Write(CreateDeltaChunk(new JsonObject { ["role"] = "assistant", ["content"] = "" }, completionTokensSoFar: 0));
        foreach ((int index, JsonObject delta) in _deltas.Index())
        {
            // A JSON node can have one parent only. The copy allows ToRecording to be called again.
            body.Write(CreateDeltaChunk((JsonObject)delta.DeepClone(), completionTokensSoFar: index + 1));
        }

        if (_errorCode is not null)
        {
            ErrorEvents.WriteChat(body, _errorCode);
        }
        else if (_finishReason is not null)
        {
            WriteEnd(body, _finishReason);
        }

        return body;
    }

    /// <summary>Writes what follows the content: the finish reason, a separate chunk with usage if the placement says so, and <c>[DONE]</c>.</summary>
    /// <remarks>For other placements, <see cref="CreateDeltaChunk"/> and <see cref="CreateFinishChunk"/> add the usage to their chunks.</remarks>
    private void WriteEnd(ServerSentEventWriter body, string finishReason)
    {
        body.Write(CreateFinishChunk(finishReason));
        bool hasUsageChunk = _usagePlacement is ChatUsagePlacement.OwnChunk or ChatUsagePlacement.OwnChunkWithChoice;
        if (hasUsageChunk && _usage is not null)
        {
            body.Write(CreateUsageChunk(_usage));
        }

        body.WriteText("[DONE]");

        // Some servers send usage after the end. A reader that stops at [DONE] misses it.
        if (_usagePlacement == ChatUsagePlacement.AfterDone && _usage is not null)
        {
            body.Write(CreateUsageChunk(_usage));
        }
    }

    /// <summary>Creates a chunk with content. Each delta counts as one output token, up to the final count.</summary>
    private JsonObject CreateDeltaChunk(JsonObject delta, long completionTokensSoFar) => CreateChunk(
        _usagePlacement == ChatUsagePlacement.EveryChunk ? _usage?.ToPartialJson(completionTokensSoFar) : null,
        CreateChoice(delta, finishReason: null));

    private JsonObject CreateFinishChunk(string reason)
    {
        JsonObject choice = CreateChoice([], reason);
        JsonObject? usage = _usage?.ToJson();
        bool hasUsageAtTop = _usagePlacement is ChatUsagePlacement.FinishChunk or ChatUsagePlacement.EveryChunk;
        JsonObject chunk = CreateChunk(hasUsageAtTop ? usage : null, choice);
        if (_usagePlacement == ChatUsagePlacement.InsideChoice)
        {
            choice["usage"] = usage;
        }
        else if (_usagePlacement == ChatUsagePlacement.XGroq)
        {
            chunk["x_groq"] = new JsonObject { ["id"] = "req_synthetic", ["usage"] = usage };
        }

        return chunk;
    }

    private JsonObject CreateUsageChunk(ChatUsage usage) => _usagePlacement == ChatUsagePlacement.OwnChunkWithChoice
        ? CreateChunk(usage.ToJson(), CreateChoice([], finishReason: null))
        : CreateChunk(usage.ToJson());

    /// <summary>Creates a chunk. Without usage, the member is null, as OpenAI sends it in streams with <c>include_usage</c>.</summary>
    private JsonObject CreateChunk(JsonObject? usage, params JsonNode?[] choices) => new()
    {
        ["id"] = "chatcmpl-synthetic",
        ["object"] = "chat.completion.chunk",
        ["created"] = SyntheticRecordingFactory.CreatedAt,
        ["model"] = _model,
        ["choices"] = new JsonArray(choices),
        ["usage"] = usage,
    };
}
