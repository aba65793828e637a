using System.Text.Json;

using UsageCapture.Testing;

namespace UsageCapture.TestSupport;

/// <summary>What OpenAI and Azure reply: an answer, or a refusal where they are known to refuse.</summary>
internal static class ChatReply
{
    // Azure takes stream_options from this version on; versions are dates, and sort as text.
    private const string FirstApiVersionWithUsage = "2024-09-01-preview";

    public static Recording To(JsonElement request, bool isAzure, string? apiVersion)
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
        return isStream ? answer.Streamed() : Recordings.Of(answer.Document(), "application/json");
    }

    public static Recording Error(int status, string type, string code, string? parameter = null) => Recordings.Of(
        JsonSerializer.Serialize(new { error = new { message = $"No: {code}.", type, param = parameter, code } }), "application/json").WithStatus(status);
}
