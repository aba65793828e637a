using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace UsageCapture.Testing.Streams;

/// <summary>Makes recordings of what was never sent.</summary>
internal static class MadeRecording
{
    /// <summary>The instant at which every made response says it was made.</summary>
    public const long Created = 1_770_000_000;

    /// <summary>Makes a recording of a stream.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="url">The public address of the API.</param>
    /// <param name="path">The paths that it answers.</param>
    /// <param name="request">The body of the request.</param>
    /// <param name="body">The stream.</param>
    /// <param name="expected">The members that the usage record must have.</param>
    public static Recording OfStream(string name, string url, string path, JsonObject request, EventWriter body, JsonObject expected) => new()
    {
        Name = name,
        Description = "Made, not recorded.",
        Body = body.ToArray(),
        Request = new RecordedRequest(
            new Uri(url), Body: Element(request), Match: new RequestMatch { Method = "POST", Path = path, Stream = true }),
        Response = new RecordedResponse(Headers: HeadersOf("text/event-stream")),
        Expected = Element(expected),
    };

    /// <summary>Makes a recording of a refusal: JSON with a status that is no success.</summary>
    public static Recording OfRejection(string url, string path, int status, TimeSpan? retryAfter, JsonObject body)
    {
        Dictionary<string, string> headers = HeadersOf("application/json");
        if (retryAfter is { } time)
        {
            headers["retry-after"] = ((long)time.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        }

        return new Recording
        {
            Name = $"rejected-{status}",
            Description = "Made, not recorded.",
            Body = Encoding.UTF8.GetBytes(body.ToJsonString()),
            Request = new RecordedRequest(new Uri(url), Match: new RequestMatch { Method = "POST", Path = path }),
            Response = new RecordedResponse(status, headers),
            Expected = Element(new JsonObject { ["outcome"] = "rejected", ["status_code"] = status }),
        };
    }

    /// <summary>Gives what a record of a made stream must say.</summary>
    /// <param name="model">The model that answers.</param>
    /// <param name="usage">The counts, as a record has them; null for none.</param>
    /// <param name="isWhole">The stream ends as it should. How one is taken that does not is for the test to say.</param>
    /// <param name="hasFailed">The stream ends with an error.</param>
    public static JsonObject Expected(string model, JsonObject? usage, bool isWhole, bool hasFailed)
    {
        var expected = new JsonObject { ["response_model"] = model };
        if (hasFailed)
        {
            expected["outcome"] = "server_error";
        }
        else if (isWhole)
        {
            expected["outcome"] = "completed";
            expected["status"] = usage is null ? "missing" : "exact";
            expected["usage"] = usage;
        }

        return expected;
    }

    /// <summary>Gives the counts that a record must have. As there, the input includes what was cached, and the output the reasoning.</summary>
    public static JsonObject ExpectedUsage(long input, long? cached, long output, long? reasoning) => new()
    {
        ["input_tokens"] = input,
        ["cached_input_tokens"] = cached,
        ["output_tokens"] = output,
        ["reasoning_tokens"] = reasoning,
        ["total_tokens"] = input + output,
    };

    private static Dictionary<string, string> HeadersOf(string contentType) =>
        new(StringComparer.OrdinalIgnoreCase) { ["content-type"] = contentType };

    private static JsonElement Element(JsonObject json) => JsonElement.Parse(json.ToJsonString());
}
