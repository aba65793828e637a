using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>
/// Reads error objects with OpenAI's member names, which most other APIs use too, and errors of APIs that report the code and the type
/// outside an error object.
/// </summary>
/// <remarks>The error's message is never kept, because it may quote the prompt.</remarks>
internal static class ErrorReader
{
    // Codes and types are a few dozen characters. The rest of a longer text is cut off. The limit is for damaged and hostile responses.
    private const int MaxTextLength = 128;

    /// <summary>Gets whether a document's <c>error</c> member reports an error.</summary>
    /// <param name="error">The member's JSON text; empty when the document has none.</param>
    /// <returns>
    /// False when the member is missing, null or an empty string. Some servers send null or an empty string in every response. Any other
    /// value is an error.
    /// </returns>
    public static bool IsReported(ReadOnlySpan<byte> error)
    {
        bool isNull = error is [(byte)'n', ..];
        bool isEmptyText = error is [(byte)'"', (byte)'"'];
        return !error.IsEmpty && !isNull && !isEmptyText;
    }

    /// <summary>Reads an error object.</summary>
    /// <param name="json">The object's JSON text.</param>
    /// <returns>The error. Parts that are missing or cannot be read are null. All are null for a value that is not an object.</returns>
    public static UsageError Read(ReadOnlySpan<byte> json)
    {
        string? code = null;
        string? type = null;
        string? status = null;
        string? parameter = null;
        foreach (JsonMember member in new JsonMembers(json))
        {
            if (member.NameEquals("code"u8))
            {
                code = JsonValue.GetText(member.Value, MaxTextLength);
            }
            else if (member.NameEquals("type"u8))
            {
                type = JsonValue.GetText(member.Value, MaxTextLength);
            }
            else if (member.NameEquals("status"u8)) // Google's name for the type, such as RESOURCE_EXHAUSTED
            {
                status = JsonValue.GetText(member.Value, MaxTextLength);
            }
            else if (member.NameEquals("param"u8))
            {
                parameter = JsonValue.GetText(member.Value, MaxTextLength);
            }
        }

        return new UsageError { Code = code, Type = type ?? status, Parameter = parameter };
    }

    /// <summary>Reads an error from the JSON texts of its parts, for an API that has them outside an error object.</summary>
    /// <param name="code">The code; empty when there is none.</param>
    /// <param name="type">The type; empty when there is none.</param>
    /// <param name="parameter">The name of the request's parameter that caused the error; empty when there is none.</param>
    public static UsageError ReadParts(ReadOnlySpan<byte> code, ReadOnlySpan<byte> type, ReadOnlySpan<byte> parameter = default) => new()
    {
        Code = JsonValue.GetText(code, MaxTextLength),
        Type = JsonValue.GetText(type, MaxTextLength),
        Parameter = JsonValue.GetText(parameter, MaxTextLength),
    };

    /// <summary>Reads the <c>__type</c> of an AWS fault. It is the name of an exception, and becomes the type of the error.</summary>
    /// <param name="type">The member's JSON text; empty when the document has none.</param>
    /// <returns>Null when there is no fault.</returns>
    /// <remarks>
    /// Amazon Bedrock answers a request to an unknown path with status 200 and <c>{"Output":{"__type":"…"}}</c>
    /// (anthropics/anthropic-sdk-typescript#440, vercel/ai#17523).
    /// </remarks>
    public static UsageError? ReadAwsFault(ReadOnlySpan<byte> type) =>
        JsonValue.GetText(type, MaxTextLength) is { } name ? new UsageError { Type = name } : null;
}
