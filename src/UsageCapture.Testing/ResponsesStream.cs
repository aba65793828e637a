using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;

using UsageCapture.Testing.SyntheticStreams;

namespace UsageCapture.Testing;

/// <summary>Builds a synthetic recording of a streamed response of OpenAI's Responses API, for tests without a real one.</summary>
/// <remarks>
/// <para>
/// Call <see cref="Create"/>, add the content, call <see cref="Finish"/> and <see cref="Usage"/>, and end with <see cref="ToRecording"/>:
/// <c>ResponsesStream.Create("gpt-5-mini").Text("Hello").Finish().Usage(input: 12, cached: 4, output: 7).ToRecording()</c>.
/// The last event holds the usage. Without <see cref="Finish"/>, the stream ends after the content, and no usage follows.
/// </para>
/// <para>Not thread-safe. The created recordings are thread-safe.</para>
/// </remarks>
[SuppressMessage("Naming", "CA1711", Justification = "The APIs call such a response a stream. The type does not derive from System.IO.Stream.")]
public sealed class ResponsesStream
{
    private const string Url = "https://api.openai.com/v1/responses";

    // Compatible services have the same API under other hosts, and under paths with another start.
    private const string PathPattern = "*/responses";
    private const string ResponseId = "resp_synthetic";

    private readonly string _model;
    private readonly List<Action<ResponsesEventWriter>> _itemWriters = []; // Each writes the events of one output item.
    private int _toolCallCount;
    private string? _responseStatus;
    private string? _errorCode;
    private ResponsesUsage? _usage;

    private ResponsesStream(string model) => _model = model;

    /// <summary>Starts a stream.</summary>
    /// <param name="model">The name of the model that the events report.</param>
    /// <returns>A new builder.</returns>
    public static ResponsesStream Create(string model)
    {
        ArgumentException.ThrowIfNullOrEmpty(model);
        return new ResponsesStream(model);
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

    /// <summary>Adds a text message.</summary>
    /// <param name="parts">The parts of the text. Each is sent in its own event.</param>
    /// <returns>The same builder.</returns>
    public ResponsesStream Text(params IEnumerable<string> parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        string[] copy = [.. parts]; // The events are written later, and the caller may change its collection until then.
        _itemWriters.Add(writer => writer.WriteMessage(copy));
        return this;
    }

    /// <summary>Adds a function call.</summary>
    /// <param name="name">The name of the function.</param>
    /// <param name="arguments">The arguments: the text of a JSON object. They are sent unchecked.</param>
    /// <param name="id">The id of the call; null for <c>call_1</c>, <c>call_2</c> and so on.</param>
    /// <returns>The same builder.</returns>
    public ResponsesStream ToolCall(string name, string arguments, string? id = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(arguments);
        _toolCallCount++;
        string callId = id ?? $"call_{_toolCallCount}";
        _itemWriters.Add(writer => writer.WriteFunctionCall(name, arguments, callId));
        return this;
    }

    /// <summary>Finishes the response.</summary>
    /// <param name="status">
    /// The status of the response: <c>completed</c>, <c>incomplete</c> or <c>failed</c>. Another one is sent unchanged; the API does not know it.
    /// </param>
    /// <returns>The same builder.</returns>
    public ResponsesStream Finish(string status = "completed")
    {
        ArgumentException.ThrowIfNullOrEmpty(status);
        _responseStatus = status;
        return this;
    }

    /// <summary>Sets the token usage, which is sent with <see cref="Finish"/> only. Without this call, the stream reports none.</summary>
    /// <param name="input">The input tokens, cached ones included.</param>
    /// <param name="output">The output tokens, reasoning included.</param>
    /// <param name="cached">The input tokens that were read from the cache.</param>
    /// <param name="reasoning">The reasoning tokens.</param>
    /// <returns>The same builder.</returns>
    public ResponsesStream Usage(long input, long output, long cached = 0, long reasoning = 0)
    {
        _usage = new ResponsesUsage(input, output, cached, reasoning);
        return this;
    }

    /// <summary>Ends the stream with an error event. The final status and the usage are not sent.</summary>
    /// <param name="code">The code of the error.</param>
    /// <returns>The same builder.</returns>
    public ResponsesStream Error(string code)
    {
        ArgumentException.ThrowIfNullOrEmpty(code);
        _errorCode = code;
        return this;
    }

    /// <summary>Creates the recording.</summary>
    /// <param name="name">The name of the recording, for messages and files.</param>
    /// <returns>
    /// A recording that answers streamed requests to this API at any host. It expects a record with this model and usage. After
    /// <see cref="Error"/> or the status <c>failed</c> it expects the model and the outcome <c>server_error</c>; without <see cref="Finish"/>,
    /// the model only.
    /// </returns>
    public Recording ToRecording(string name = "responses-stream")
    {
        ArgumentNullException.ThrowIfNull(name);
        var writer = new ResponsesEventWriter(ResponseId, _model);
        writer.WriteStart();
        _itemWriters.ForEach(writeItem => writeItem(writer));
        if (_errorCode is not null)
        {
            writer.WriteError(_errorCode);
        }
        else if (_responseStatus is not null)
        {
            writer.WriteEnd(_responseStatus, _usage);
        }

        var request = new JsonObject { ["model"] = _model, ["stream"] = true, ["input"] = "Hello." };
        return SyntheticRecordingFactory.CreateStream(name, Url, PathPattern, request, writer.Events, SyntheticRecordingFactory.CreateExpectedRecord(
            _model,
            _usage?.ToExpectedUsage(),
            isFinished: _responseStatus is not null,
            hasFailed: _errorCode is not null || _responseStatus == "failed"));
    }
}
