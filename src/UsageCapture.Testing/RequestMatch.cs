using System.Text.Json;

using UsageCapture.Testing.Replay;

namespace UsageCapture.Testing;

/// <summary>Which requests a recording answers. What is null is not looked at.</summary>
public sealed record RequestMatch
{
    /// <summary>Gets a match for every request.</summary>
    public static RequestMatch Any { get; } = new();

    /// <summary>Gets the HTTP method.</summary>
    public string? Method { get; init; }

    /// <summary>Gets the path, without host and query; a <c>*</c> in it stands for anything.</summary>
    public string? Path { get; init; }

    /// <summary>Gets the model that the body names.</summary>
    public string? Model { get; init; }

    /// <summary>Gets whether the body asks for a stream. A body that says nothing does not.</summary>
    public bool? Stream { get; init; }

    /// <summary>Gets the values that stand at paths of the body, such as <c>$.messages[0].role</c>.</summary>
    public IReadOnlyDictionary<string, JsonElement>? Body { get; init; }

    /// <summary>Makes the match that a recording has when it names none: the same method and path, and a stream if that was asked for.</summary>
    /// <param name="request">The recorded request.</param>
    /// <returns>The match.</returns>
    public static RequestMatch Like(RecordedRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return new RequestMatch
        {
            Method = request.Method,
            Path = request.Url.AbsolutePath,
            Stream = request.Body is null ? null : new RequestFacts(request.Method, request.Url, request.Body).Stream,
        };
    }

    /// <summary>Says in a sentence for each thing that does not match what it should be and what it is.</summary>
    internal IEnumerable<string> Differences(RequestFacts request)
    {
        if (Method is not null && !Method.Equals(request.Method, StringComparison.OrdinalIgnoreCase))
        {
            yield return $"the method should be {Method}, but is {request.Method}";
        }

        if (Path is not null && !PathPattern.Matches(Path, request.Url.AbsolutePath))
        {
            yield return $"the path should be '{Path}', but is '{request.Url.AbsolutePath}'";
        }

        if (Model is not null && Model != request.Model)
        {
            yield return $"the model should be '{Model}', but is {Quoted(request.Model)}";
        }

        if (Stream is { } stream && stream != request.Stream)
        {
            yield return stream ? "the body should ask for a stream, but does not" : "the body should not ask for a stream, but does";
        }

        foreach ((string path, JsonElement expected) in Body ?? Enumerable.Empty<KeyValuePair<string, JsonElement>>())
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

    private static string Quoted(string? text) => text is null ? "not named" : $"'{text}'";
}
