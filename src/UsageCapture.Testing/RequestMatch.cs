using System.Text.Json;
using System.Text.Json.Serialization;

using UsageCapture.Testing.Matching;

namespace UsageCapture.Testing;

/// <summary>Describes which requests a recording answers. Properties that are null are not compared.</summary>
/// <remarks>Immutable and thread-safe, unless the dictionary of <see cref="BodyValues"/> is changed.</remarks>
public sealed record RequestMatch
{
    /// <summary>Gets a match that accepts every request.</summary>
    public static RequestMatch Any { get; } = new();

    /// <summary>Gets the HTTP method, compared case-insensitively.</summary>
    /// <value>The default is null: any method.</value>
    public string? Method { get; init; }

    /// <summary>Gets the path, without host and query. A <c>*</c> matches any characters, as in <c>*/chat/completions</c>.</summary>
    /// <value>The default is null: any path.</value>
    public string? Path { get; init; }

    /// <summary>Gets the model that the body names, compared case-sensitively.</summary>
    /// <value>The default is null: any model, or none.</value>
    public string? Model { get; init; }

    /// <summary>Gets whether the request must ask for a stream (true) or must not (false). A request that does not mention a stream does not ask for one.</summary>
    /// <value>The default is null: both are accepted. The file has it as <c>stream</c>.</value>
    [JsonPropertyName("stream")]
    public bool? IsStreaming { get; init; }

    /// <summary>Gets required values in the JSON body, by their JSON paths, such as <c>$.messages[0].role</c>. Values must be equal.</summary>
    /// <value>
    /// The default is null: any body, or none. A path with wildcards or filters throws a <see cref="FormatException"/> when a request is sent.
    /// The file has the values as <c>body</c>.
    /// </value>
    [JsonPropertyName("body")]
    public IReadOnlyDictionary<string, JsonElement>? BodyValues { get; init; }

    /// <summary>Creates the match that a recording without <see cref="RecordedRequest.Match"/> uses.</summary>
    /// <remarks>
    /// Method and path must be equal, and the request must ask for a stream exactly if the recorded request does. Without a recorded body, the
    /// choice of streaming is not compared, because most APIs have it in the body.
    /// </remarks>
    /// <param name="request">The recorded request.</param>
    /// <returns>The match.</returns>
    public static RequestMatch SimilarTo(RecordedRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return new RequestMatch
        {
            Method = request.Method,
            Path = request.Url.AbsolutePath,
            IsStreaming = request.Body is null ? null : new RequestDescription(request.Method, request.Url, request.Body).IsStreaming,
        };
    }

    /// <summary>Returns one phrase for each property that does not match. It names the required and the actual value.</summary>
    internal IEnumerable<string> GetDifferences(RequestDescription request)
    {
        if (Method is not null && !Method.Equals(request.Method, StringComparison.OrdinalIgnoreCase))
        {
            yield return $"the method should be {Method}, but is {request.Method}";
        }

        if (Path is not null && !WildcardPattern.Matches(Path, request.Url.AbsolutePath))
        {
            yield return $"the path should be '{Path}', but is '{request.Url.AbsolutePath}'";
        }

        if (Model is not null && Model != request.Model)
        {
            string actualModel = request.Model is null ? "not named" : $"'{request.Model}'";
            yield return $"the model should be '{Model}', but is {actualModel}";
        }

        if (IsStreaming is { } mustStream && mustStream != request.IsStreaming)
        {
            yield return mustStream ? "the request should ask for a stream, but does not" : "the request should not ask for a stream, but does";
        }

        foreach ((string path, JsonElement expected) in BodyValues ?? Enumerable.Empty<KeyValuePair<string, JsonElement>>())
        {
            JsonElement? actual = request.Body is { } body ? JsonPath.Find(body, path) : null;
            if (actual is not { } value)
            {
                yield return $"the body should have {expected.GetRawText()} at '{path}', but has nothing there";
            }
            else if (!JsonElement.DeepEquals(expected, value))
            {
                yield return $"the body should have {expected.GetRawText()} at '{path}', but has {value.GetRawText()}";
            }
        }
    }
}
