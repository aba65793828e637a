using System.Net.ServerSentEvents;
using System.Text.Json;

using UsageCapture.Testing;

namespace UsageCapture.Tests.Testing;

/// <summary>Finds in a stream of OpenAI's Responses what the OpenAI SDK cannot read.</summary>
internal static class ResponsesGaps
{
    public static SdkGaps Of(Recording recording) =>
        SseParser.Create(new MemoryStream(recording.Body.ToArray())).Enumerate()
            .Select(item => JsonElement.Parse(item.Data))
            .Any(data => data.TryGetProperty("response", out JsonElement response)
                && response.TryGetProperty("created_at", out JsonElement created)
                && !created.TryGetInt64(out _))
            ? SdkGaps.UnknownTimestamp
            : SdkGaps.None;
}
