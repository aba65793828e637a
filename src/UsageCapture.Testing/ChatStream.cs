using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;

using UsageCapture.Testing.Streams;

namespace UsageCapture.Testing;

/// <summary>Makes a streamed answer of OpenAI's Chat Completions, for a test that has no recording of one.</summary>
/// <remarks>
/// <c>ChatStream.Create("gpt-5-mini").Text("Hel", "lo").Finish("stop").Usage(prompt: 12, cached: 4, completion: 7).ToRecording()</c>
/// answers a streamed chat at any address. What is not said is left out: without <see cref="Finish"/> the stream breaks off.
/// </remarks>
[SuppressMessage("Naming", "CA1711", Justification = "A stream is what the field calls it; it is none of System.IO's.")]
public sealed class ChatStream
{
    private const string Url = "https://api.openai.com/v1/chat/completions";
    private const string Path = "*/chat/completions";

    private readonly string _model;
    private readonly List<JsonObject> _deltas = [];
    private int _toolCalls;
    private bool _hasPromptFilterResults;
    private string? _finishReason;
    private string? _error;
    private ChatUsage? _usage;
    private ChatUsagePlacement _placement;

    private ChatStream(string model) => _model = model;

    /// <summary>Begins a stream.</summary>
    /// <param name="model">The model that answers.</param>
    /// <returns>The stream, to be continued.</returns>
    public static ChatStream Create(string model)
    {
        ArgumentException.ThrowIfNullOrEmpty(model);
        return new ChatStream(model);
    }

    /// <summary>Makes a refusal, such as a 429 to be retried.</summary>
    /// <param name="status">The HTTP status code.</param>
    /// <param name="code">What the error calls itself, such as <c>rate_limit_exceeded</c>.</param>
    /// <param name="retryAfter">How long the caller is asked to wait, in whole seconds; null to ask for nothing.</param>
    /// <returns>The recording.</returns>
    public static Recording Rejected(int status, string code, TimeSpan? retryAfter = null) =>
        MadeRecording.OfRejection(Url, Path, status, retryAfter, new JsonObject
        {
            ["error"] = new JsonObject { ["message"] = "The request was refused.", ["type"] = code, ["param"] = null, ["code"] = code },
        });

    /// <summary>Begins as Azure does: with an event that has no choices, no id and no model, and what the content filter found in the prompt.</summary>
    /// <returns>The same stream.</returns>
    public ChatStream PromptFilterResults()
    {
        _hasPromptFilterResults = true;
        return this;
    }

    /// <summary>Adds text.</summary>
    /// <param name="parts">The text, one chunk a part.</param>
    /// <returns>The same stream.</returns>
    public ChatStream Text(params IEnumerable<string> parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        _deltas.AddRange(parts.Select(part => new JsonObject { ["content"] = part }));
        return this;
    }

    /// <summary>Adds the call of a tool.</summary>
    /// <param name="name">The tool's name.</param>
    /// <param name="arguments">Its arguments as JSON text, which comes in a chunk of its own.</param>
    /// <param name="id">The call's id; null for one that is made up.</param>
    /// <returns>The same stream.</returns>
    public ChatStream ToolCall(string name, string arguments, string? id = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(arguments);
        _deltas.Add(ToolCallDelta(new JsonObject
        {
            ["index"] = _toolCalls,
            ["id"] = id ?? $"call_{_toolCalls + 1}",
            ["type"] = "function",
            ["function"] = new JsonObject { ["name"] = name, ["arguments"] = "" },
        }));
        _deltas.Add(ToolCallDelta(new JsonObject { ["index"] = _toolCalls, ["function"] = new JsonObject { ["arguments"] = arguments } }));
        _toolCalls++;
        return this;
    }

    /// <summary>Ends the answer.</summary>
    /// <param name="reason">Why: <c>stop</c>, <c>length</c>, <c>tool_calls</c>, <c>content_filter</c>, …</param>
    /// <returns>The same stream.</returns>
    public ChatStream Finish(string reason)
    {
        ArgumentException.ThrowIfNullOrEmpty(reason);
        _finishReason = reason;
        return this;
    }

    /// <summary>Says what the answer used.</summary>
    /// <param name="prompt">The tokens of the input.</param>
    /// <param name="completion">The tokens of the output.</param>
    /// <param name="cached">The part of the input that was read from a cache; null to say nothing of it.</param>
    /// <param name="reasoning">The part of the output that was reasoning; null to say nothing of it.</param>
    /// <param name="placement">Where in the stream it stands.</param>
    /// <returns>The same stream.</returns>
    public ChatStream Usage(
        long prompt, long completion, long? cached = null, long? reasoning = null, ChatUsagePlacement placement = ChatUsagePlacement.OwnChunk)
    {
        _usage = new ChatUsage(prompt, completion, cached, reasoning);
        _placement = placement;
        return this;
    }

    /// <summary>Ends the stream with an error instead: the finish and the usage do not come.</summary>
    /// <param name="code">What the error calls itself.</param>
    /// <returns>The same stream.</returns>
    public ChatStream Error(string code)
    {
        ArgumentException.ThrowIfNullOrEmpty(code);
        _error = code;
        return this;
    }

    /// <summary>Makes the recording.</summary>
    /// <param name="name">Its name, for messages and files.</param>
    /// <returns>The recording, which expects a record with this usage.</returns>
    public Recording ToRecording(string name = "chat-stream")
    {
        var request = new JsonObject
        {
            ["model"] = _model,
            ["stream"] = true,
            ["stream_options"] = new JsonObject { ["include_usage"] = true },
            ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = "Hello." }),
        };
        return MadeRecording.OfStream(name, Url, Path, request, Body(), MadeRecording.Expected(
            _model, _usage?.ToExpected(), isWhole: _finishReason is not null, hasFailed: _error is not null));
    }

    private static JsonObject ToolCallDelta(JsonObject call) => new() { ["tool_calls"] = new JsonArray(call) };

    private static JsonObject Choice(JsonObject delta, string? finishReason) =>
        new() { ["index"] = 0, ["delta"] = delta, ["finish_reason"] = finishReason };

    private static JsonObject PromptFilterChunk() => new()
    {
        ["choices"] = new JsonArray(),
        ["created"] = 0,
        ["id"] = "",
        ["model"] = "",
        ["object"] = "",
        ["prompt_filter_results"] = new JsonArray(new JsonObject
        {
            ["prompt_index"] = 0,
            ["content_filter_results"] = new JsonObject { ["violence"] = new JsonObject { ["filtered"] = false, ["severity"] = "safe" } },
        }),
    };

    private EventWriter Body()
    {
        var body = new EventWriter();
        int chunks = 0;
        if (_hasPromptFilterResults)
        {
            body.Write(PromptFilterChunk());
        }

        WriteDelta(new JsonObject { ["role"] = "assistant", ["content"] = "" });
        _deltas.ForEach(delta => WriteDelta((JsonObject)delta.DeepClone()));
        if (_error is not null)
        {
            ErrorEvents.WriteChat(body, _error);
            return body;
        }

        if (_finishReason is null)
        {
            return body;
        }

        body.Write(FinishChunk(_finishReason));
        if (_placement is ChatUsagePlacement.OwnChunk or ChatUsagePlacement.OwnChunkWithChoice && _usage is not null)
        {
            body.Write(UsageChunk());
        }

        body.Write("[DONE]");
        if (_placement == ChatUsagePlacement.AfterDone && _usage is not null)
        {
            body.Write(UsageChunk());
        }

        return body;

        void WriteDelta(JsonObject delta) =>
            body.Write(Chunk(_placement == ChatUsagePlacement.EveryChunk ? _usage?.ToJson(chunks++) : null, Choice(delta, finishReason: null)));
    }

    private JsonObject FinishChunk(string reason)
    {
        JsonObject choice = Choice([], reason);
        JsonObject? usage = _usage?.ToJson();
        JsonObject chunk = Chunk(
            _placement is ChatUsagePlacement.FinishChunk or ChatUsagePlacement.EveryChunk ? usage : null, choice);
        if (_placement == ChatUsagePlacement.Choice)
        {
            choice["usage"] = usage;
        }
        else if (_placement == ChatUsagePlacement.XGroq)
        {
            chunk["x_groq"] = new JsonObject { ["id"] = "req_made", ["usage"] = usage };
        }

        return chunk;
    }

    private JsonObject UsageChunk() => _placement == ChatUsagePlacement.OwnChunkWithChoice
        ? Chunk(_usage!.ToJson(), Choice([], finishReason: null))
        : Chunk(_usage!.ToJson());

    private JsonObject Chunk(JsonObject? usage, params JsonNode?[] choices) => new()
    {
        ["id"] = "chatcmpl-made",
        ["object"] = "chat.completion.chunk",
        ["created"] = MadeRecording.Created,
        ["model"] = _model,
        ["choices"] = new JsonArray(choices),
        ["usage"] = usage,
    };
}
