using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json;

using UsageCapture.Testing;
using UsageCapture.Tests.Oracle;

namespace UsageCapture.Tests.Testing;

/// <summary>Finds in a streamed chat what the OpenAI SDK makes something else of, with the framework's own parsers.</summary>
internal sealed class ChatGaps
{
    private static readonly string[] FinishReasons = ["stop", "length", "content_filter", "tool_calls", "function_call"];
    private static readonly string[] PartKinds = ["text", "refusal", "image_url", "input_audio", "file"];
    private static readonly string[] CountNames = ["prompt_tokens", "completion_tokens", "total_tokens"];

    private SdkGaps _gaps;
    private bool _isSeen;
    private JsonElement? _lastUsage;
    private bool _hadCounts;

    public static SdkGaps Of(Recording recording)
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

        var gaps = new ChatGaps();
        gaps.Read(body);
        return gaps._gaps;
    }

    private void Read(byte[] body)
    {
        bool hasEvents = false;
        bool isDone = false;
        foreach (string data in Data(body))
        {
            hasEvents = true;
            if (data == "[DONE]")
            {
                isDone = true;
                continue;
            }

            if (TryParse(data) is not { ValueKind: JsonValueKind.Object } chunk)
            {
                _gaps |= SdkGaps.DamagedEvent;
            }
            else if (isDone)
            {
                _gaps |= !_isSeen && UsageOf(chunk) is not null ? SdkGaps.BehindDone : SdkGaps.None;
            }
            else
            {
                ReadChunk(chunk);
            }
        }

        _gaps |= hasEvents ? SdkGaps.None : SdkGaps.NoEvents;
        if (!_isSeen && !isDone && OpenTail(body) is { } tail && UsageOf(tail) is not null)
        {
            _gaps |= SdkGaps.OpenTail;
        }

        if (_isSeen)
        {
            _gaps &= ~(SdkGaps.UnderXGroq | SdkGaps.InsideChoice);
        }

        ReadLastUsage();
    }

    private static IEnumerable<string> Data(byte[] body) => SseParser.Create(new MemoryStream(body)).Enumerate().Select(item => item.Data);

    private static JsonElement? OpenTail(byte[] body)
    {
        string last = Encoding.UTF8.GetString(body).Split('\n')[^1];
        return last.StartsWith("data:", StringComparison.Ordinal) ? TryParse(last["data:".Length..]) : null;
    }

    private static JsonElement? TryParse(string data)
    {
        try
        {
            return JsonElement.Parse(data);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static JsonElement? UsageOf(JsonElement parent) => Member(parent, "usage") is { ValueKind: not JsonValueKind.Null } usage ? usage : null;

    private static JsonElement? Member(JsonElement? parent, string name) =>
        parent is { ValueKind: JsonValueKind.Object } value && value.TryGetProperty(name, out JsonElement member) ? member : null;

    private static long? Count(JsonElement? parent, string name) =>
        Member(parent, name) is { ValueKind: JsonValueKind.Number } count && count.TryGetInt64(out long value) ? value : null;

    private void ReadChunk(JsonElement chunk)
    {
        if (Member(chunk, "created") is { } created
            && !(created.ValueKind == JsonValueKind.Number && created.TryGetInt64(out long seconds) && seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds()))
        {
            _gaps |= SdkGaps.UnknownTimestamp;
        }

        if (UsageOf(chunk) is { } usage)
        {
            ReadUsage(usage);
        }

        if (UsageOf(Member(chunk, "x_groq") ?? default) is not null)
        {
            _gaps |= SdkGaps.UnderXGroq;
        }

        if (Member(chunk, "choices") is { ValueKind: JsonValueKind.Array } choices)
        {
            foreach (JsonElement choice in choices.EnumerateArray())
            {
                ReadChoice(choice);
            }
        }
        else if (Member(chunk, "choices") is not null)
        {
            _gaps |= SdkGaps.NullList;
        }
    }

    private void ReadChoice(JsonElement choice)
    {
        if (Member(choice, "finish_reason") is { ValueKind: JsonValueKind.String } reason && !FinishReasons.Contains(reason.GetString()))
        {
            _gaps |= SdkGaps.UnknownFinishReason;
        }

        if (UsageOf(choice) is not null)
        {
            _gaps |= SdkGaps.InsideChoice;
        }

        if (Member(Member(choice, "delta"), "content") is { ValueKind: JsonValueKind.Array } parts
            && parts.EnumerateArray().Any(part => !PartKinds.Contains(Member(part, "type")?.GetString())))
        {
            _gaps |= SdkGaps.UnknownContentPart;
        }
    }

    private void ReadUsage(JsonElement usage)
    {
        _isSeen = true;
        if (usage.ValueKind != JsonValueKind.Object
            || CountNames.Any(name => Member(usage, name) is { } count && !(count.ValueKind == JsonValueKind.Number && count.TryGetInt32(out _))))
        {
            _gaps |= SdkGaps.UnreadableCount;
            return;
        }

        _hadCounts |= CountNames.Any(name => Count(usage, name) > 0);
        _lastUsage = usage;
    }

    private void ReadLastUsage()
    {
        if (_lastUsage is not { } usage)
        {
            return;
        }

        JsonElement? input = Member(usage, "prompt_tokens_details");
        JsonElement? output = Member(usage, "completion_tokens_details");
        long? reasoning = Count(output, "reasoning_tokens");
        if (_hadCounts && CountNames.All(name => (Count(usage, name) ?? 0) == 0))
        {
            _gaps |= SdkGaps.ZerosAtLast;
        }

        if (Count(input, "cached_tokens") is null
            && (Count(usage, "prompt_cache_hit_tokens") ?? Count(usage, "cached_tokens") ?? Count(usage, "num_cached_tokens")) is not null)
        {
            _gaps |= SdkGaps.CachedElsewhere;
        }

        if (Count(usage, "reasoning_tokens") is not null
            || (reasoning > 0 && (reasoning > Count(usage, "completion_tokens")
                || Count(usage, "total_tokens") == Count(usage, "prompt_tokens") + Count(usage, "completion_tokens") + reasoning)))
        {
            _gaps |= SdkGaps.ReasoningElsewhere;
        }

        if ((input is { ValueKind: JsonValueKind.Object } && Count(input, "cached_tokens") is null)
            || (output is { ValueKind: JsonValueKind.Object } && reasoning is null))
        {
            _gaps |= SdkGaps.ZeroForNothing;
        }
    }
}
