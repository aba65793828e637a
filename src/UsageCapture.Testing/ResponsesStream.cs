using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;

using UsageCapture.Testing.Streams;

namespace UsageCapture.Testing;

/// <summary>Makes a streamed answer of OpenAI's Responses, for a test that has no recording of one.</summary>
/// <remarks>
/// <c>ResponsesStream.Create("gpt-5-mini").Text("Hello").Finish().Usage(input: 12, cached: 4, output: 7).ToRecording()</c> answers a streamed
/// request at any address. The usage stands in the event that ends the response; without <see cref="Finish"/> the stream breaks off.
/// </remarks>
[SuppressMessage("Naming", "CA1711", Justification = "A stream is what the field calls it; it is none of System.IO's.")]
public sealed class ResponsesStream
{
    private const string Url = "https://api.openai.com/v1/responses";
    private const string Path = "*/responses";
    private const string Id = "resp_made";

    private readonly string _model;
    private readonly List<Action<ResponsesEvents>> _items = [];
    private string? _status;
    private string? _error;
    private ResponsesUsage? _usage;

    private ResponsesStream(string model) => _model = model;

    /// <summary>Begins a stream.</summary>
    /// <param name="model">The model that answers.</param>
    /// <returns>The stream, to be continued.</returns>
    public static ResponsesStream Create(string model)
    {
        ArgumentException.ThrowIfNullOrEmpty(model);
        return new ResponsesStream(model);
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

    /// <summary>Adds a message.</summary>
    /// <param name="parts">Its text, one event a part.</param>
    /// <returns>The same stream.</returns>
    public ResponsesStream Text(params IEnumerable<string> parts)
    {
        string[] all = [.. parts];
        _items.Add(events => events.WriteMessage(all));
        return this;
    }

    /// <summary>Adds the call of a function.</summary>
    /// <param name="name">The function's name.</param>
    /// <param name="arguments">Its arguments as JSON text.</param>
    /// <param name="id">The call's id.</param>
    /// <returns>The same stream.</returns>
    public ResponsesStream ToolCall(string name, string arguments, string id = "call_1")
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(arguments);
        _items.Add(events => events.WriteFunctionCall(name, arguments, id));
        return this;
    }

    /// <summary>Ends the response.</summary>
    /// <param name="status">How: <c>completed</c>, <c>incomplete</c> or <c>failed</c>.</param>
    /// <returns>The same stream.</returns>
    public ResponsesStream Finish(string status = "completed")
    {
        ArgumentException.ThrowIfNullOrEmpty(status);
        _status = status;
        return this;
    }

    /// <summary>Says what the response used.</summary>
    /// <param name="input">The tokens of the input.</param>
    /// <param name="output">The tokens of the output.</param>
    /// <param name="cached">The part of the input that was read from a cache.</param>
    /// <param name="reasoning">The part of the output that was reasoning.</param>
    /// <returns>The same stream.</returns>
    public ResponsesStream Usage(long input, long output, long cached = 0, long reasoning = 0)
    {
        _usage = new ResponsesUsage(input, output, cached, reasoning);
        return this;
    }

    /// <summary>Ends the stream with an error event instead: the end of the response and the usage do not come.</summary>
    /// <param name="code">What the error calls itself.</param>
    /// <returns>The same stream.</returns>
    public ResponsesStream Error(string code)
    {
        ArgumentException.ThrowIfNullOrEmpty(code);
        _error = code;
        return this;
    }

    /// <summary>Makes the recording.</summary>
    /// <param name="name">Its name, for messages and files.</param>
    /// <returns>The recording, which expects a record with this usage.</returns>
    public Recording ToRecording(string name = "responses-stream")
    {
        var events = new ResponsesEvents(Id, _model);
        events.WriteBegin();
        _items.ForEach(write => write(events));
        if (_error is not null)
        {
            events.WriteError(_error);
        }
        else if (_status is not null)
        {
            events.WriteEnd(_status, _usage);
        }

        var request = new JsonObject { ["model"] = _model, ["stream"] = true, ["input"] = "Hello." };
        return MadeRecording.OfStream(name, Url, Path, request, events.Body, MadeRecording.Expected(
            _model, _usage?.ToExpected(), isWhole: _status is not null, hasFailed: _error is not null || _status == "failed"));
    }
}
