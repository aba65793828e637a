using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace UsageCapture.Testing.SyntheticStreams;

/// <summary>Creates recordings of synthetic responses, and the usage records that a test expects from them.</summary>
internal static class SyntheticRecordingFactory
{
    /// <summary>The creation time in all synthetic responses, in Unix seconds: 2 February 2026. It is fixed, so that bodies are reproducible.</summary>
    public const long CreatedAt = 1_770_000_000;

    private const string Description = "A synthetic response, generated for a test.";

    /// <summary>Creates a recording of a stream.</summary>
    /// <param name="name">The name of the recording.</param>
    /// <param name="url">The public address of the API.</param>
    /// <param name="pathPattern">The pattern of the paths to answer, such as <c>*/responses</c>.</param>
    /// <param name="request">The body of the request.</param>
    /// <param name="events">The events of the response.</param>
    /// <param name="expected">The expected members of the usage record.</param>
    public static Recording CreateStream(
        string name, string url, string pathPattern, JsonObject request, ServerSentEventWriter events, JsonObject expected) => new()
    {
        Name = name,
        Description = Description,
        Body = events.ToArray(),
        Request = new RecordedRequest
        {
            Url = new Uri(url),
            Body = ToElement(request),
            Match = new RequestMatch { Method = "POST", Path = pathPattern, IsStreaming = true },
        },
        Response = new RecordedResponse { Headers = CreateHeaders("text/event-stream") },
        Expected = ToElement(expected),
    };

    /// <summary>Creates a recording of a rejected request: an error status with a JSON body. It answers streamed and other requests.</summary>
    /// <param name="url">The public address of the API.</param>
    /// <param name="pathPattern">The pattern of the paths to answer, such as <c>*/responses</c>.</param>
    /// <param name="httpStatus">The HTTP status code.</param>
    /// <param name="retryAfter">The value of the Retry-After header, rounded down to seconds; null for no header.</param>
    /// <param name="body">The body of the response.</param>
    public static Recording CreateRejection(string url, string pathPattern, int httpStatus, TimeSpan? retryAfter, JsonObject body)
    {
        Dictionary<string, string> headers = CreateHeaders("application/json");
        if (retryAfter is { } delay)
        {
            headers["retry-after"] = ((long)delay.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        }

        return new Recording
        {
            Name = $"rejected-{httpStatus}",
            Description = Description,
            Body = Encoding.UTF8.GetBytes(body.ToJsonString()),
            Request = new RecordedRequest { Url = new Uri(url), Match = new RequestMatch { Method = "POST", Path = pathPattern } },
            Response = new RecordedResponse { Status = httpStatus, Headers = headers },
            Expected = ToElement(new JsonObject { ["outcome"] = "rejected", ["status_code"] = httpStatus }),
        };
    }

    /// <summary>Creates the expected members of the usage record of a stream.</summary>
    /// <param name="model">The model that the events report.</param>
    /// <param name="usage">The expected counts; null if the stream reports none, and then the record must have none.</param>
    /// <param name="isFinished">
    /// Whether the stream has a finish reason. If not, outcome and usage are not compared, because they depend on how the test ends the stream.
    /// </param>
    /// <param name="hasFailed">
    /// Whether the stream ends with an error. If so, usage is not compared, because it depends on the placement whether it was sent before.
    /// </param>
    public static JsonObject CreateExpectedRecord(string model, JsonObject? usage, bool isFinished, bool hasFailed)
    {
        var expected = new JsonObject { ["response_model"] = model };
        if (hasFailed)
        {
            expected["outcome"] = "server_error";
        }
        else if (isFinished)
        {
            expected["outcome"] = "completed";
            expected["status"] = usage is null ? "missing" : "exact";
            expected["usage"] = usage;
        }

        return expected;
    }

    /// <summary>Creates the expected counts of a usage record. Input includes cached tokens, and output includes reasoning.</summary>
    /// <param name="input">The input tokens.</param>
    /// <param name="cached">The cached input tokens; null if the record must have no such count.</param>
    /// <param name="output">The output tokens.</param>
    /// <param name="reasoning">The reasoning tokens; null if the record must have no such count.</param>
    public static JsonObject CreateExpectedUsage(long input, long? cached, long output, long? reasoning) => new()
    {
        ["input_tokens"] = input,
        ["cached_input_tokens"] = cached,
        ["output_tokens"] = output,
        ["reasoning_tokens"] = reasoning,
        ["total_tokens"] = input + output,
    };

    private static Dictionary<string, string> CreateHeaders(string contentType) =>
        new(StringComparer.OrdinalIgnoreCase) { ["content-type"] = contentType };

    private static JsonElement ToElement(JsonObject json) => JsonElement.Parse(json.ToJsonString());
}
