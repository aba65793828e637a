using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>Reads error objects with OpenAI's member names, which most other APIs use too.</summary>
/// <remarks>The error's message is never kept, because it may quote the prompt.</remarks>
internal static class ErrorObject
{
    // Codes and types are a few dozen characters.
    private const int MaxText = 128;

    /// <summary>Gets whether a document's <c>error</c> member reports an error.</summary>
    /// <param name="error">The member's JSON text; empty when the document has none.</param>
    /// <returns>False for null and for an empty string, which some servers send in every response.</returns>
    public static bool IsReported(ReadOnlySpan<byte> error) => error is not ([] or [(byte)'n', ..] or [(byte)'"', (byte)'"']);

    /// <summary>Reads an error object.</summary>
    /// <param name="json">The object's JSON text. A value that is no object, or a damaged one, is an error without the parts that cannot be read.</param>
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
                code = JsonValue.GetText(member.Value, MaxText);
            }
            else if (member.NameEquals("type"u8))
            {
                type = JsonValue.GetText(member.Value, MaxText);
            }
            else if (member.NameEquals("status"u8)) // Google, such as RESOURCE_EXHAUSTED.
            {
                status = JsonValue.GetText(member.Value, MaxText);
            }
            else if (member.NameEquals("param"u8))
            {
                parameter = JsonValue.GetText(member.Value, MaxText);
            }
        }

        return new UsageError { Code = code, Type = type ?? status, Parameter = parameter };
    }

    /// <summary>Makes an error from the JSON texts of its parts, for an API that has them outside an error object.</summary>
    public static UsageError FromMembers(ReadOnlySpan<byte> code, ReadOnlySpan<byte> type, ReadOnlySpan<byte> parameter = default) => new()
    {
        Code = JsonValue.GetText(code, MaxText),
        Type = JsonValue.GetText(type, MaxText),
        Parameter = JsonValue.GetText(parameter, MaxText),
    };

    /// <summary>Makes an error from the <c>__type</c> of an AWS fault.</summary>
    /// <param name="type">The member's JSON text; empty when the document has none.</param>
    /// <returns>Null when there is no fault.</returns>
    /// <remarks>
    /// At a path that it does not serve, Amazon Bedrock answers <c>{"Output":{"__type":"…"}}</c> with status 200
    /// (anthropics/anthropic-sdk-typescript#440, vercel/ai#17523).
    /// </remarks>
    public static UsageError? FromAwsFault(ReadOnlySpan<byte> type) =>
        JsonValue.GetText(type, MaxText) is { } name ? new UsageError { Type = name } : null;
}
