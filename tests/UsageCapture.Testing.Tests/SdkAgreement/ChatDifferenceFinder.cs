using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json;

namespace UsageCapture.Testing.Tests.SdkAgreement;

/// <summary>Finds the reasons in a streamed chat why the OpenAI SDK reports other counts than the usage record, with the parsers of .NET.</summary>
internal sealed class ChatDifferenceFinder
{
    private static readonly string[] FinishReasons = ["stop", "length", "content_filter", "tool_calls", "function_call"];
    private static readonly string[] PartKinds = ["text", "refusal", "image_url", "input_audio", "file"];
    private static readonly string[] CountNames = ["prompt_tokens", "completion_tokens", "total_tokens"];

    private SdkDifferences _differences;
    private bool _hasSeenUsage;
    private JsonElement? _lastUsage;
    private bool _hasSeenCounts;

    public static SdkDifferences Find(Recording recording)
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

        var finder = new ChatDifferenceFinder();
        finder.Read(body);
        return finder._differences;
    }

    private void Read(byte[] body)
    {
        bool hasEvents = false;
        bool isDone = false;
        foreach (string data in ReadEventData(body))
        {
            hasEvents = true;
            if (data == "[DONE]")
            {
                isDone = true;
                continue;
            }

            if (TryParse(data) is not { ValueKind: JsonValueKind.Object } chunk)
            {
                _differences |= SdkDifferences.DamagedEvent;
            }
            else if (isDone)
            {
                _differences |= !_hasSeenUsage && GetUsage(chunk) is not null ? SdkDifferences.AfterDone : SdkDifferences.None;
            }
            else
            {
                ReadChunk(chunk);
            }
        }

        _differences |= hasEvents ? SdkDifferences.None : SdkDifferences.NoEvents;
        if (!_hasSeenUsage && !isDone && ParseUnterminatedEvent(body) is { } tail && GetUsage(tail) is not null)
        {
            _differences |= SdkDifferences.UnterminatedEvent;
        }

        if (_hasSeenUsage)
        {
            _differences &= ~(SdkDifferences.UnderXGroq | SdkDifferences.InsideChoice | SdkDifferences.UnderAnotherName);
        }

        ReadLastUsage();
    }

    private static IEnumerable<string> ReadEventData(byte[] body) => SseParser.Create(new MemoryStream(body)).Enumerate().Select(item => item.Data);

    private static JsonElement? ParseUnterminatedEvent(byte[] body)
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

    private static JsonElement? GetUsage(JsonElement parent) => GetMember(parent, "usage") is { ValueKind: not JsonValueKind.Null } usage ? usage : null;

    private static JsonElement? GetMember(JsonElement? parent, string name) =>
        parent is { ValueKind: JsonValueKind.Object } value && value.TryGetProperty(name, out JsonElement member) ? member : null;

    private static long? GetCount(JsonElement? parent, string name) =>
        GetMember(parent, name) is { ValueKind: JsonValueKind.Number } count && count.TryGetInt64(out long value) ? value : null;

    private void ReadChunk(JsonElement chunk)
    {
        if (GetMember(chunk, "created") is { } created
            && !(created.ValueKind == JsonValueKind.Number && created.TryGetInt64(out long seconds) && seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds()))
        {
            _differences |= SdkDifferences.UnknownTimestamp;
        }

        if (GetUsage(chunk) is { } usage)
        {
            ReadUsage(usage);
        }

        if ((GetMember(chunk, "bot_usage") ?? GetMember(chunk, "timings") ?? GetMember(GetMember(chunk, "copilot_usage"), "token_details")) is not null)
        {
            _differences |= SdkDifferences.UnderAnotherName;
        }

        if (GetUsage(GetMember(chunk, "x_groq") ?? default) is not null)
        {
            _differences |= SdkDifferences.UnderXGroq;
        }

        if (GetMember(chunk, "choices") is { ValueKind: JsonValueKind.Array } choices)
        {
            foreach (JsonElement choice in choices.EnumerateArray())
            {
                ReadChoice(choice);
            }
        }
        else if (GetMember(chunk, "choices") is not null)
        {
            _differences |= SdkDifferences.NullList;
        }
    }

    private void ReadChoice(JsonElement choice)
    {
        if (GetMember(choice, "finish_reason") is { ValueKind: JsonValueKind.String } reason && !FinishReasons.Contains(reason.GetString()))
        {
            _differences |= SdkDifferences.UnknownFinishReason;
        }

        if (GetUsage(choice) is not null)
        {
            _differences |= SdkDifferences.InsideChoice;
        }

        if (GetMember(GetMember(choice, "delta"), "content") is { ValueKind: JsonValueKind.Array } parts
            && parts.EnumerateArray().Any(part => !PartKinds.Contains(GetMember(part, "type")?.GetString())))
        {
            _differences |= SdkDifferences.UnknownContentPart;
        }
    }

    private void ReadUsage(JsonElement usage)
    {
        _hasSeenUsage = true;
        if (usage.ValueKind != JsonValueKind.Object
            || CountNames.Any(name => GetMember(usage, name) is { } count && !(count.ValueKind == JsonValueKind.Number && count.TryGetInt32(out _))))
        {
            _differences |= SdkDifferences.UnreadableCount;
            return;
        }

        _hasSeenCounts |= CountNames.Any(name => GetCount(usage, name) > 0);
        _lastUsage = usage;
    }

    private void ReadLastUsage()
    {
        if (_lastUsage is not { } usage)
        {
            return;
        }

        JsonElement? input = GetMember(usage, "prompt_tokens_details");
        JsonElement? output = GetMember(usage, "completion_tokens_details");
        long? reasoning = GetCount(output, "reasoning_tokens");
        if (_hasSeenCounts && CountNames.All(name => (GetCount(usage, name) ?? 0) == 0))
        {
            _differences |= SdkDifferences.ZerosAfterCounts;
        }

        if (GetCount(input, "cached_tokens") is null
            && (GetCount(usage, "prompt_cache_hit_tokens") ?? GetCount(usage, "cached_tokens") ?? GetCount(usage, "num_cached_tokens")) is not null)
        {
            _differences |= SdkDifferences.CachedElsewhere;
        }

        if (GetCount(usage, "reasoning_tokens") is not null
            || (reasoning > 0 && (reasoning > GetCount(usage, "completion_tokens")
                || GetCount(usage, "total_tokens") == GetCount(usage, "prompt_tokens") + GetCount(usage, "completion_tokens") + reasoning)))
        {
            _differences |= SdkDifferences.ReasoningElsewhere;
        }

        if ((input is { ValueKind: JsonValueKind.Object } && GetCount(input, "cached_tokens") is null)
            || (output is { ValueKind: JsonValueKind.Object } && reasoning is null))
        {
            _differences |= SdkDifferences.ZeroForMissing;
        }
    }
}
