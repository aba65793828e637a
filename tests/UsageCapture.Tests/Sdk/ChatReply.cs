using System.Text;
using System.Text.Json;

namespace UsageCapture.Tests.Sdk;

/// <summary>A response of the loopback server: its status, its content type, and the pieces that are flushed one by one.</summary>
internal sealed record ChatReply(int Status, string ContentType, IReadOnlyList<byte[]> Pieces)
{
    // Azure takes stream_options from this version on; versions are dates, and sort as text.
    private const string FirstApiVersionWithUsage = "2024-09-01-preview";

    public byte[] Body => [.. Pieces.SelectMany(piece => piece)];

    /// <summary>Replies as the service would: with an answer, or with a refusal where it is known to refuse.</summary>
    public static ChatReply To(JsonElement request, bool isAzure, string? apiVersion)
    {
        bool isStream = request.TryGetProperty("stream", out JsonElement stream) && stream.GetBoolean();
        if (request.TryGetProperty("stream_options", out _))
        {
            if (apiVersion is not null && string.CompareOrdinal(apiVersion, FirstApiVersionWithUsage) < 0)
            {
                return Error(400, "invalid_request_error", "unknown_parameter", "stream_options");
            }

            if (request.TryGetProperty("data_sources", out _) || !isStream)
            {
                return Error(400, "invalid_request_error", "invalid_value", "stream_options");
            }
        }

        var answer = new ChatAnswer(request, isAzure);
        return isStream
            ? new ChatReply(200, "text/event-stream", [.. answer.Events().Select(Encoding.UTF8.GetBytes)])
            : new ChatReply(200, "application/json", [Encoding.UTF8.GetBytes(answer.Document())]);
    }

    public static ChatReply Error(int status, string type, string code, string? parameter = null) =>
        new(status, "application/json", [JsonSerializer.SerializeToUtf8Bytes(
            new { error = new { message = $"No: {code}.", type, param = parameter, code } })]);
}
