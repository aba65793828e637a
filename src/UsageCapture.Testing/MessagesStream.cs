using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;

using UsageCapture.Testing.SyntheticStreams;

namespace UsageCapture.Testing;

/// <summary>Builds a synthetic recording of a streamed response of Anthropic's Messages API, for tests without a real one.</summary>
/// <remarks>
/// <para>
/// Call <see cref="Create"/>, add the content, call <see cref="Finish"/> and <see cref="Usage"/>, and end with <see cref="ToRecording"/>:
/// <c>MessagesStream.Create("claude-sonnet-4-5").Text("Hello").Finish("end_turn").Usage(input: 12, cacheRead: 4, output: 7).ToRecording()</c>.
/// Content is sent in the order of the calls. Without <see cref="Finish"/>, the stream ends after the content. Its first
/// event still has usage, see <see cref="MessagesUsagePlacement"/>, but the final usage is not sent.
/// </para>
/// <para>Not thread-safe. The created recordings are thread-safe.</para>
/// </remarks>
[SuppressMessage("Naming", "CA1711", Justification = "The APIs call such a response a stream. The type does not derive from System.IO.Stream.")]
public sealed class MessagesStream
{
    private const string Url = "https://api.anthropic.com/v1/messages";

    // Compatible services have the same API under other hosts, and under paths with another start.
    private const string PathPattern = "*/messages";

    private readonly string _model;
    private readonly List<(JsonObject Block, IReadOnlyList<JsonObject> Deltas)> _contentBlocks = []; // One for each call of Text or ToolUse.
    private int _toolUseCount;
    private string? _stopReason;
    private string? _errorType;
    private MessagesUsage? _usage;
    private MessagesUsagePlacement _usagePlacement;

    private MessagesStream(string model) => _model = model;

    /// <summary>Starts a stream.</summary>
    /// <param name="model">The name of the model that the events report.</param>
    /// <returns>A new builder.</returns>
    public static MessagesStream Create(string model)
    {
        ArgumentException.ThrowIfNullOrEmpty(model);
        return new MessagesStream(model);
    }

    /// <summary>Creates a recording of a rejected request, such as a 429 or a 529 that the caller retries.</summary>
    /// <param name="httpStatus">The HTTP status code of the response.</param>
    /// <param name="type">The type of the error, such as <c>rate_limit_error</c>.</param>
    /// <param name="retryAfter">The value of the Retry-After header, rounded down to seconds; null for no header.</param>
    /// <returns>The recording. It expects a record with the outcome <c>rejected</c>.</returns>
    public static Recording CreateRejection(int httpStatus, string type, TimeSpan? retryAfter = null)
    {
        ArgumentNullException.ThrowIfNull(type);
        return SyntheticRecordingFactory.CreateRejection(Url, PathPattern, httpStatus, retryAfter, new JsonObject
        {
            ["type"] = "error",
            ["error"] = new JsonObject { ["type"] = type, ["message"] = "The request was rejected." },
        });
    }

    /// <summary>Adds a text block.</summary>
    /// <param name="parts">The parts of the text. Each is sent in its own event.</param>
    /// <returns>The same builder.</returns>
    public MessagesStream Text(params IEnumerable<string> parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        _contentBlocks.Add((
            new JsonObject { ["type"] = "text", ["text"] = "" },
            [.. parts.Select(part => new JsonObject { ["type"] = "text_delta", ["text"] = part })]));
        return this;
    }

    /// <summary>Adds a tool use block.</summary>
    /// <param name="name">The name of the tool.</param>
    /// <param name="input">The input of the tool: the text of a JSON object. It is sent in one event, unchecked.</param>
    /// <param name="id">The id of the tool use; null for <c>toolu_1</c>, <c>toolu_2</c> and so on.</param>
    /// <returns>The same builder.</returns>
    public MessagesStream ToolUse(string name, string input, string? id = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(input);
        _toolUseCount++;
        _contentBlocks.Add((
            new JsonObject { ["type"] = "tool_use", ["id"] = id ?? $"toolu_{_toolUseCount}", ["name"] = name, ["input"] = new JsonObject() },
            [new JsonObject { ["type"] = "input_json_delta", ["partial_json"] = input }]));
        return this;
    }

    /// <summary>Finishes the message.</summary>
    /// <param name="stopReason">The stop reason: <c>end_turn</c>, <c>max_tokens</c>, <c>tool_use</c> or another.</param>
    /// <returns>The same builder.</returns>
    public MessagesStream Finish(string stopReason)
    {
        ArgumentException.ThrowIfNullOrEmpty(stopReason);
        _stopReason = stopReason;
        return this;
    }

    /// <summary>Sets the token usage. Without this call, the stream reports zeros, because Anthropic always reports usage.</summary>
    /// <param name="input">The input tokens without cache reads and writes, as Anthropic counts them.</param>
    /// <param name="output">The output tokens.</param>
    /// <param name="cacheRead">The input tokens that were read from the cache, not part of <paramref name="input"/>.</param>
    /// <param name="cacheWrite">The input tokens that were written to the cache, not part of <paramref name="input"/>.</param>
    /// <param name="placement">The position of the usage in the stream.</param>
    /// <returns>The same builder.</returns>
    public MessagesStream Usage(
        long input,
        long output,
        long cacheRead = 0,
        long cacheWrite = 0,
        MessagesUsagePlacement placement = MessagesUsagePlacement.StartAndDelta)
    {
        _usage = new MessagesUsage(input, output, cacheRead, cacheWrite);
        _usagePlacement = placement;
        return this;
    }

    /// <summary>Ends the stream with an error event. The stop reason and the final usage are not sent.</summary>
    /// <param name="type">The type of the error, such as <c>overloaded_error</c>.</param>
    /// <returns>The same builder.</returns>
    public MessagesStream Error(string type)
    {
        ArgumentException.ThrowIfNullOrEmpty(type);
        _errorType = type;
        return this;
    }

    /// <summary>Creates the recording.</summary>
    /// <param name="name">The name of the recording, for messages and files.</param>
    /// <returns>
    /// A recording that answers streamed requests to this API at any host. It expects a record with this model and usage. After
    /// <see cref="Error"/> it expects the model and the outcome <c>server_error</c>; without <see cref="Finish"/>, the model only.
    /// </returns>
    public Recording ToRecording(string name = "messages-stream")
    {
        ArgumentNullException.ThrowIfNull(name);
        var request = new JsonObject
        {
            ["model"] = _model,
            ["max_tokens"] = 1024,
            ["stream"] = true,
            ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = "Hello." }),
        };
        return SyntheticRecordingFactory.CreateStream(name, Url, PathPattern, request, WriteBody(), SyntheticRecordingFactory.CreateExpectedRecord(
            _model, (_usage ?? MessagesUsage.Zero).ToExpectedUsage(), isFinished: _stopReason is not null, hasFailed: _errorType is not null));
    }

    // The blocks are cloned, because a JSON node can have one parent only. So ToRecording can be called again.
    private ServerSentEventWriter WriteBody()
    {
        var body = new ServerSentEventWriter();
        body.WriteNamed(new JsonObject { ["type"] = "message_start", ["message"] = CreateMessage() });
        for (int i = 0; i < _contentBlocks.Count; i++)
        {
            (JsonObject block, IReadOnlyList<JsonObject> deltas) = _contentBlocks[i];
            body.WriteNamed(new JsonObject { ["type"] = "content_block_start", ["index"] = i, ["content_block"] = block.DeepClone() });
            foreach (JsonObject delta in deltas)
            {
                body.WriteNamed(new JsonObject { ["type"] = "content_block_delta", ["index"] = i, ["delta"] = delta.DeepClone() });
            }

            body.WriteNamed(new JsonObject { ["type"] = "content_block_stop", ["index"] = i });
        }

        if (_errorType is not null)
        {
            ErrorEvents.WriteMessages(body, _errorType);
        }
        else if (_stopReason is not null)
        {
            body.WriteNamed(new JsonObject
            {
                ["type"] = "message_delta",
                ["delta"] = new JsonObject { ["stop_reason"] = _stopReason, ["stop_sequence"] = null },
                ["usage"] = (_usage ?? MessagesUsage.Zero).ToDeltaJson(_usagePlacement),
            });
            body.WriteNamed(new JsonObject { ["type"] = "message_stop" });
        }

        return body;
    }

    private JsonObject CreateMessage() => new()
    {
        ["id"] = "msg_synthetic",
        ["type"] = "message",
        ["role"] = "assistant",
        ["model"] = _model,
        ["content"] = new JsonArray(),
        ["stop_reason"] = null,
        ["stop_sequence"] = null,
        ["usage"] = (_usage ?? MessagesUsage.Zero).ToStartJson(_usagePlacement),
    };
}
