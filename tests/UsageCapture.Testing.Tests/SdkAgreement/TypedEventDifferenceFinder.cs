using System.Net.ServerSentEvents;
using System.Text.Json;

namespace UsageCapture.Testing.Tests.SdkAgreement;

/// <summary>Finds the reasons in a stream of OpenAI's Responses API or Anthropic's Messages API why their SDKs report other counts than the usage record.</summary>
internal static class TypedEventDifferenceFinder
{
    private static readonly string[] CountNames = ["input_tokens", "cache_read_input_tokens", "cache_creation_input_tokens", "output_tokens"];

    public static SdkDifferences FindInResponses(Recording recording) => FindInEvents(recording, (_, data) => FindInResponsesEvent(data));

    public static SdkDifferences FindInMessages(Recording recording)
    {
        var counts = new Dictionary<string, long>();
        return FindInEvents(recording, (name, data) => FindInMessagesEvent(name, data, counts));
    }

    private static SdkDifferences FindInResponsesEvent(JsonElement data)
    {
        JsonElement? response = GetMember(data, "response");
        JsonElement? usage = GetMember(response, "usage");
        if (GetMember(response, "created_at") is { } created && !created.TryGetInt64(out long _))
        {
            return SdkDifferences.UnknownTimestamp;
        }

        if (GetMember(data, "type")?.GetString() == "response.done" && usage is { ValueKind: JsonValueKind.Object })
        {
            return SdkDifferences.UnknownEvent;
        }

        if (usage is not { ValueKind: JsonValueKind.Object } && GetMember(GetMember(data, "copilot_usage"), "token_details") is not null)
        {
            return SdkDifferences.UnderAnotherName;
        }

        return GetMember(GetMember(usage, "input_tokens_details"), "cache_read_input_tokens") is null ? SdkDifferences.None : SdkDifferences.CachedElsewhere;
    }

    private static SdkDifferences FindInMessagesEvent(string name, JsonElement data, Dictionary<string, long> counts)
    {
        if (name == SseParser.EventTypeDefault)
        {
            return SdkDifferences.UnnamedEvents;
        }

        string? type = GetMember(data, "type")?.GetString();
        if (type == "error")
        {
            return SdkDifferences.ErrorEvent;
        }

        if (type is not ("message_start" or "message_delta"))
        {
            return SdkDifferences.None;
        }

        if (GetMember(type == "message_start" ? GetMember(data, "message") : data, "usage") is not { ValueKind: JsonValueKind.Object } usage)
        {
            return SdkDifferences.MissingUsage;
        }

        if (CountNames.Any(count => GetMember(usage, count) is { ValueKind: not (JsonValueKind.Number or JsonValueKind.Null) }))
        {
            return SdkDifferences.UnreadableCount;
        }

        string[] required = type == "message_start" ? ["input_tokens", "output_tokens"] : ["output_tokens"];
        if (required.Any(count => GetMember(usage, count) is not { ValueKind: JsonValueKind.Number }))
        {
            return SdkDifferences.MissingCount;
        }

        bool isZeroAfterCount = false;
        foreach (string count in CountNames.Where(count => count != "output_tokens")) // The output of a refused message is 0 at its end.
        {
            if (GetMember(usage, count) is { ValueKind: JsonValueKind.Number } number)
            {
                isZeroAfterCount |= number.GetInt64() == 0 && counts.GetValueOrDefault(count) > 0;
                counts[count] = number.GetInt64();
            }
        }

        return isZeroAfterCount ? SdkDifferences.ZerosAfterCounts : SdkDifferences.None;
    }

    private static JsonElement? GetMember(JsonElement? parent, string name) =>
        parent is { ValueKind: JsonValueKind.Object } value && value.TryGetProperty(name, out JsonElement member) ? member : null;

    private static SdkDifferences FindInEvents(Recording recording, Func<string, JsonElement, SdkDifferences> find)
    {
        using HttpResponseMessage response = recording.CreateResponse();
        if (!response.IsSuccessStatusCode)
        {
            return SdkDifferences.Refused;
        }

        byte[]? body = ContentCoding.Undo(recording.Body.ToArray(), response.Content.Headers.ContentEncoding);
        if (body is null)
        {
            return SdkDifferences.UnreadableCoding;
        }

        (string Name, string Data)[] events =
            [.. SseParser.Create(new MemoryStream(body)).Enumerate().Select(item => (item.EventType, item.Data)).Where(item => item.Data != "[DONE]")];
        return events.Length == 0
            ? SdkDifferences.NoEvents
            : events.Aggregate(SdkDifferences.None, (differences, item) => differences | FindInEvent(item.Name, item.Data, find));
    }

    private static SdkDifferences FindInEvent(string name, string data, Func<string, JsonElement, SdkDifferences> find)
    {
        try
        {
            return find(name, JsonElement.Parse(data));
        }
        catch (JsonException)
        {
            return SdkDifferences.DamagedEvent;
        }
    }
}
