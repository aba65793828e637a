using System.Net.ServerSentEvents;
using System.Text.Json;

using UsageCapture.Testing;
using UsageCapture.Tests.Oracle;

namespace UsageCapture.Tests.Testing;

/// <summary>Finds in a stream of typed events, of OpenAI's Responses or Anthropic's Messages, what their SDKs make something else of.</summary>
internal static class TypedGaps
{
    private static readonly string[] CountNames = ["input_tokens", "cache_read_input_tokens", "cache_creation_input_tokens", "output_tokens"];

    public static SdkGaps OfResponses(Recording recording) => Of(recording, (_, data) => OfResponseEvent(data));

    public static SdkGaps OfMessages(Recording recording)
    {
        long input = 0;
        return Of(recording, (name, data) => OfMessageEvent(name, data, ref input));
    }

    private static SdkGaps OfResponseEvent(JsonElement data)
    {
        JsonElement? response = Member(data, "response");
        JsonElement? usage = Member(response, "usage");
        if (Member(response, "created_at") is { } created && !created.TryGetInt64(out long _))
        {
            return SdkGaps.UnknownTimestamp;
        }

        if (Member(data, "type")?.GetString() == "response.done" && usage is { ValueKind: JsonValueKind.Object })
        {
            return SdkGaps.UnknownEvent;
        }

        return Member(Member(usage, "input_tokens_details"), "cache_read_input_tokens") is null ? SdkGaps.None : SdkGaps.CachedElsewhere;
    }

    private static SdkGaps OfMessageEvent(string name, JsonElement data, ref long input)
    {
        if (name == SseParser.EventTypeDefault)
        {
            return SdkGaps.UnnamedEvents;
        }

        string? type = Member(data, "type")?.GetString();
        if (type == "error")
        {
            return SdkGaps.ErrorEvent;
        }

        if (type is not ("message_start" or "message_delta"))
        {
            return SdkGaps.None;
        }

        if (Member(type == "message_start" ? Member(data, "message") : data, "usage") is not { ValueKind: JsonValueKind.Object } usage)
        {
            return SdkGaps.MissingUsage;
        }

        if (CountNames.Any(count => Member(usage, count) is { ValueKind: not (JsonValueKind.Number or JsonValueKind.Null) }))
        {
            return SdkGaps.UnreadableCount;
        }

        long? now = Member(usage, "input_tokens") is { ValueKind: JsonValueKind.Number } tokens ? tokens.GetInt64() : null;
        bool isZeroAtLast = now == 0 && input > 0;
        input = now ?? input;
        return isZeroAtLast ? SdkGaps.ZerosAtLast : SdkGaps.None;
    }

    private static JsonElement? Member(JsonElement? parent, string name) =>
        parent is { ValueKind: JsonValueKind.Object } value && value.TryGetProperty(name, out JsonElement member) ? member : null;

    private static SdkGaps Of(Recording recording, Func<string, JsonElement, SdkGaps> find)
    {
        using HttpResponseMessage response = recording.CreateResponse();
        if (!response.IsSuccessStatusCode)
        {
            return SdkGaps.Refused;
        }

        byte[]? body = ContentCoding.Undo(recording.Body.ToArray(), response.Content.Headers.ContentEncoding);
        if (body is null)
        {
            return SdkGaps.UnreadableCoding;
        }

        (string Name, string Data)[] events =
            [.. SseParser.Create(new MemoryStream(body)).Enumerate().Select(item => (item.EventType, item.Data)).Where(item => item.Data != "[DONE]")];
        return events.Length == 0
            ? SdkGaps.NoEvents
            : events.Aggregate(SdkGaps.None, (gaps, item) => gaps | OfEvent(item.Name, item.Data, find));
    }

    private static SdkGaps OfEvent(string name, string data, Func<string, JsonElement, SdkGaps> find)
    {
        try
        {
            return find(name, JsonElement.Parse(data));
        }
        catch (JsonException)
        {
            return SdkGaps.DamagedEvent;
        }
    }
}
