using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;

using UsageCapture.Testing.Streams;

namespace UsageCapture.Testing;

/// <summary>Makes a streamed answer of Anthropic's Messages, for a test that has no recording of one.</summary>
/// <remarks>
/// <c>MessagesStream.Create("claude-sonnet-4-5").Text("Hello").Finish("end_turn").Usage(input: 12, cacheRead: 4, output: 7).ToRecording()</c>
/// answers a streamed request at any address. As with Anthropic, the input leaves out what was read from or written to a cache. Without
/// <see cref="Finish"/> the stream breaks off.
/// </remarks>
[SuppressMessage("Naming", "CA1711", Justification = "A stream is what the field calls it; it is none of System.IO's.")]
public sealed class MessagesStream
{
    private const string Url = "https://api.anthropic.com/v1/messages";
    private const string Path = "*/messages";

    private readonly string _model;
    private readonly List<(JsonObject Block, IReadOnlyList<JsonObject> Deltas)> _blocks = [];
    private string? _stopReason;
    private string? _error;
    private MessagesUsage? _usage;
    private MessagesUsagePlacement _placement;

    private MessagesStream(string model) => _model = model;

    /// <summary>Begins a stream.</summary>
    /// <param name="model">The model that answers.</param>
    /// <returns>The stream, to be continued.</returns>
    public static MessagesStream Create(string model)
    {
        ArgumentException.ThrowIfNullOrEmpty(model);
        return new MessagesStream(model);
    }

    /// <summary>Makes a refusal, such as a 429 or a 529 to be retried.</summary>
    /// <param name="status">The HTTP status code.</param>
    /// <param name="type">What the error calls itself, such as <c>rate_limit_error</c>.</param>
    /// <param name="retryAfter">How long the caller is asked to wait, in whole seconds; null to ask for nothing.</param>
    /// <returns>The recording.</returns>
    public static Recording Rejected(int status, string type, TimeSpan? retryAfter = null) =>
        MadeRecording.OfRejection(Url, Path, status, retryAfter, new JsonObject
        {
            ["type"] = "error",
            ["error"] = new JsonObject { ["type"] = type, ["message"] = "The request was refused." },
        });

    /// <summary>Adds a block of text.</summary>
    /// <param name="parts">The text, one event a part.</param>
    /// <returns>The same stream.</returns>
    public MessagesStream Text(params IEnumerable<string> parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        _blocks.Add((
            new JsonObject { ["type"] = "text", ["text"] = "" },
            [.. parts.Select(part => new JsonObject { ["type"] = "text_delta", ["text"] = part })]));
        return this;
    }

    /// <summary>Adds the use of a tool.</summary>
    /// <param name="name">The tool's name.</param>
    /// <param name="input">Its input as JSON text.</param>
    /// <param name="id">The id of this use.</param>
    /// <returns>The same stream.</returns>
    public MessagesStream ToolUse(string name, string input, string id = "toolu_1")
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(input);
        _blocks.Add((
            new JsonObject { ["type"] = "tool_use", ["id"] = id, ["name"] = name, ["input"] = new JsonObject() },
            [new JsonObject { ["type"] = "input_json_delta", ["partial_json"] = input }]));
        return this;
    }

    /// <summary>Ends the message.</summary>
    /// <param name="stopReason">Why: <c>end_turn</c>, <c>max_tokens</c>, <c>tool_use</c>, …</param>
    /// <returns>The same stream.</returns>
    public MessagesStream Finish(string stopReason)
    {
        ArgumentException.ThrowIfNullOrEmpty(stopReason);
        _stopReason = stopReason;
        return this;
    }

    /// <summary>Says what the message used.</summary>
    /// <param name="input">The tokens of the input, without those of the cache.</param>
    /// <param name="output">The tokens of the output.</param>
    /// <param name="cacheRead">The tokens that were read from a cache.</param>
    /// <param name="cacheWrite">The tokens that were written to one.</param>
    /// <param name="placement">Where in the stream it stands.</param>
    /// <returns>The same stream.</returns>
    public MessagesStream Usage(
        long input,
        long output,
        long cacheRead = 0,
        long cacheWrite = 0,
        MessagesUsagePlacement placement = MessagesUsagePlacement.StartAndDelta)
    {
        _usage = new MessagesUsage(input, output, cacheRead, cacheWrite);
        _placement = placement;
        return this;
    }

    /// <summary>Ends the stream with an error event instead: the end of the message and its usage do not come.</summary>
    /// <param name="type">What the error calls itself, such as <c>overloaded_error</c>.</param>
    /// <returns>The same stream.</returns>
    public MessagesStream Error(string type)
    {
        ArgumentException.ThrowIfNullOrEmpty(type);
        _error = type;
        return this;
    }

    /// <summary>Makes the recording.</summary>
    /// <param name="name">Its name, for messages and files.</param>
    /// <returns>The recording, which expects a record with this usage.</returns>
    public Recording ToRecording(string name = "messages-stream")
    {
        var request = new JsonObject
        {
            ["model"] = _model,
            ["max_tokens"] = 1024,
            ["stream"] = true,
            ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = "Hello." }),
        };
        return MadeRecording.OfStream(name, Url, Path, request, Body(), MadeRecording.Expected(
            _model, _usage?.ToExpected(), isWhole: _stopReason is not null, hasFailed: _error is not null));
    }

    private EventWriter Body()
    {
        var body = new EventWriter();
        body.WriteTyped(new JsonObject { ["type"] = "message_start", ["message"] = Message() });
        for (int i = 0; i < _blocks.Count; i++)
        {
            (JsonObject block, IReadOnlyList<JsonObject> deltas) = _blocks[i];
            body.WriteTyped(new JsonObject { ["type"] = "content_block_start", ["index"] = i, ["content_block"] = block.DeepClone() });
            foreach (JsonObject delta in deltas)
            {
                body.WriteTyped(new JsonObject { ["type"] = "content_block_delta", ["index"] = i, ["delta"] = delta.DeepClone() });
            }

            body.WriteTyped(new JsonObject { ["type"] = "content_block_stop", ["index"] = i });
        }

        if (_error is not null)
        {
            ErrorEvents.WriteMessages(body, _error);
        }
        else if (_stopReason is not null)
        {
            body.WriteTyped(new JsonObject
            {
                ["type"] = "message_delta",
                ["delta"] = new JsonObject { ["stop_reason"] = _stopReason, ["stop_sequence"] = null },
                ["usage"] = (_usage ?? MessagesUsage.None).AtEnd(_placement),
            });
            body.WriteTyped(new JsonObject { ["type"] = "message_stop" });
        }

        return body;
    }

    private JsonObject Message() => new()
    {
        ["id"] = "msg_made",
        ["type"] = "message",
        ["role"] = "assistant",
        ["model"] = _model,
        ["content"] = new JsonArray(),
        ["stop_reason"] = null,
        ["stop_sequence"] = null,
        ["usage"] = (_usage ?? MessagesUsage.None).AtStart(_placement),
    };
}
