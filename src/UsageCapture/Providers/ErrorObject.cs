using System.Text.Json;

using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>Reads what an error calls itself in OpenAI's words, which most others use too. Its free text is never kept: it may quote a prompt.</summary>
internal static class ErrorObject
{
    private const int MaxText = 128;

    /// <summary>Makes an error of the JSON texts of its members.</summary>
    public static UsageError Of(ReadOnlySpan<byte> code, ReadOnlySpan<byte> type, ReadOnlySpan<byte> parameter = default) => new()
    {
        Code = JsonValue.GetText(code, MaxText),
        Type = JsonValue.GetText(type, MaxText),
        Parameter = JsonValue.GetText(parameter, MaxText),
    };

    /// <summary>Makes an error of the status that MiniMax sends with every answer; null when it is zero, which says that all is well.</summary>
    public static UsageError? MiniMax(ReadOnlySpan<byte> status) =>
        JsonValue.GetText(status, MaxText) is { } code and not "0" ? new UsageError { Code = code } : null;

    /// <summary>
    /// Makes an error of the fault with which Bedrock answers at a path that it does not have, with a status of success
    /// (anthropics/anthropic-sdk-typescript#440, vercel/ai#17523); null when there is none.
    /// </summary>
    public static UsageError? Bedrock(ReadOnlySpan<byte> type) =>
        JsonValue.GetText(type, MaxText) is { } text ? new UsageError { Type = text } : null;

    /// <summary>Reads an error object, or what stands in its place.</summary>
    public static UsageError Read(ReadOnlySpan<byte> json)
    {
        string? code = null;
        string? type = null;
        string? status = null;
        string? parameter = null;
        try
        {
            var reader = new Utf8JsonReader(json);
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                bool isCode = reader.ValueTextEquals("code"u8);
                bool isType = reader.ValueTextEquals("type"u8);
                bool isStatus = reader.ValueTextEquals("status"u8); // Google: RESOURCE_EXHAUSTED
                bool isParameter = reader.ValueTextEquals("param"u8);
                reader.Read();
                int start = (int)reader.TokenStartIndex;
                reader.Skip();
                ReadOnlySpan<byte> value = json[start..(int)reader.BytesConsumed];
                code = isCode ? JsonValue.GetText(value, MaxText) : code;
                type = isType ? JsonValue.GetText(value, MaxText) : type;
                status = isStatus ? JsonValue.GetText(value, MaxText) : status;
                parameter = isParameter ? JsonValue.GetText(value, MaxText) : parameter;
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // An error that cannot be read is an error all the same; what was read of it is kept.
        }

        return new UsageError { Code = code, Type = type ?? status, Parameter = parameter };
    }
}
