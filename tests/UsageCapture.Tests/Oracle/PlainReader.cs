using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

using UsageCapture.Providers;

namespace UsageCapture.Tests.Oracle;

/// <summary>What the documents of a chat completions response amount to, by the plain rules, one parsed document after the other.</summary>
internal sealed class PlainReader
{
    // What the product promises to keep is more than these; what is larger, nothing is asked about.
    private const int MaxValue = 4096;
    private const int MaxChoices = 300;

    private const int MaxIndex = 1024;
    private const int MaxText = 256;

    private readonly SortedDictionary<int, string?> _finishReasons = [];
    private BodyFacts _facts = new();
    private bool _isAllZero;
    private bool _keptLastCounts; // Whether the last counts were kept. Only then they decide how much of the response is covered.
    private bool _isBeyondLimits;
    private bool _hasSubstituteOnly;

    public BodyFacts Facts => _facts with
    {
        FinishReasons = string.Join(' ', _finishReasons.Values.OfType<string>()),
        EveryChoiceFinished = EveryChoiceFinished,
    };

    /// <summary>Gets whether the response is complete with its usage. Nothing behind it counts.</summary>
    public bool IsComplete => _facts is { HasEnded: true, Usage: not null };

    private bool EveryChoiceFinished => _finishReasons.Count > 0 && !_finishReasons.ContainsValue(null);

    public void End() => _facts = _facts with { HasEnded = true };

    /// <summary>Takes the next document.</summary>
    /// <returns>False when it holds more than anybody promises to keep.</returns>
    public bool TryRead(JsonElement document)
    {
        List<JsonElement> choices = [.. Members(document, "choices").Where(IsArray).SelectMany(array => array.EnumerateArray()).Where(IsObject)];
        List<JsonElement> groq = [.. Members(document, "x_groq").Where(IsObject)];
        List<JsonElement> miniMax = [.. Members(document, "base_resp").Where(IsObject)];
        List<JsonElement> bedrock = [.. Members(document, "Output").Where(IsObject)];
        foreach ((int place, JsonElement choice) in choices.Index())
        {
            JsonElement stated = Last(choice, "index");
            int index = stated.ValueKind == JsonValueKind.Undefined ? Math.Min(place, MaxIndex - 1) : IndexOf(stated);
            _finishReasons[index] = TextOf(Last(choice, "finish_reason")) is not "null" and { } reason ? reason : _finishReasons.GetValueOrDefault(index);
        }

        _facts = _facts with
        {
            Id = _facts.Id ?? TextOf(Last(document, "id")),
            Model = _facts.Model ?? TextOf(Last(document, "model")),
            ServiceTier = TextOf(Last(document, "service_tier")) ?? _facts.ServiceTier,
            HasError = _facts.HasError || IsError(Last(document, "error")) || IsText(Last(document, "object"), "error")
                || (LastOf(groq, "error") is { ValueKind: JsonValueKind.String } error && !IsText(error, ""))
                || TextOf(LastOf(miniMax, "status_code")) is not (null or "0")
                || TextOf(LastOf(bedrock, "__type")) is not null,
        };

        JsonElement timings = Last(document, "timings");
        bool tookUsage = TakeUsage(Last(document, "usage")) || TakeUsage(LastOf(groq, "usage")) || TakeUsage(LastOf(choices, "usage"))
            || TakeBotUsage(Last(document, "bot_usage"));
        bool isCompleteBill = true;
        bool tookBill = !tookUsage && (_facts.Usage is null || _isAllZero || _hasSubstituteOnly)
            && TakeBill(Last(document, "copilot_usage"), out isCompleteBill);
        bool tookTimings = !tookUsage && !tookBill && (_facts.Usage is null || _hasSubstituteOnly) && TakeTimings(timings);
        bool tookSubstitute = tookBill || tookTimings;
        _hasSubstituteOnly = tookSubstitute || (_hasSubstituteOnly && !tookUsage);
        if ((tookUsage || tookSubstitute) && _keptLastCounts)
        {
            bool isAtEnd = choices.Count == 0 || EveryChoiceFinished;
            _facts = _facts with { UsageIsFinal = isAtEnd && (!tookBill || isCompleteBill) };
        }

        return choices.Count <= MaxChoices && !_isBeyondLimits;
    }

    private static bool IsArray(JsonElement element) => element.ValueKind == JsonValueKind.Array;

    private static bool IsObject(JsonElement element) => element.ValueKind == JsonValueKind.Object;

    // A container whose name stands twice is looked into twice.
    private static IEnumerable<JsonElement> Members(JsonElement element, string name) =>
        element.EnumerateObject().Where(member => member.NameEquals(name)).Select(member => member.Value);

    private static bool IsError(JsonElement error) => error.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null) && !IsText(error, "");

    private static bool IsText(JsonElement element, string text) => element.ValueKind == JsonValueKind.String && element.ValueEquals(text);

    private static int IndexOf(JsonElement element) =>
        element.ValueKind == JsonValueKind.Number && element.TryGetInt32(out int index) && index is >= 0 and < MaxIndex ? index : 0;

    private static string? TextOf(JsonElement element)
    {
        try
        {
            string? text = element.ValueKind switch
            {
                JsonValueKind.String => element.GetString(),
                JsonValueKind.Number => element.GetRawText(),
                _ => null,
            };
            return string.IsNullOrEmpty(text) ? null : text[..Math.Min(text.Length, MaxText)];
        }
        catch (InvalidOperationException)
        {
            return null; // No text: half a surrogate pair, or bytes that are not UTF-8.
        }
    }

    /// <summary>Gets the member of that name; of several the last.</summary>
    private JsonElement Last(JsonElement element, string name)
    {
        if (!element.TryGetProperty(name, out JsonElement member))
        {
            return default;
        }

        _isBeyondLimits |= JsonMarshal.GetRawUtf8Value(member).Length > MaxValue;
        return member;
    }

    private JsonElement LastOf(List<JsonElement> elements, string name)
    {
        JsonElement holder = elements.FindLast(element => element.TryGetProperty(name, out _));
        return IsObject(holder) ? Last(holder, name) : default;
    }

    private bool TakeUsage(JsonElement usage)
    {
        if (!IsObject(usage) || OpenAIUsage.Read(JsonMarshal.GetRawUtf8Value(usage)).Usage is not { } counts)
        {
            return false;
        }

        bool joins = _facts.Usage is not null && !_isAllZero && !_hasSubstituteOnly && !counts.IsAllZero;
        TakeCounts(joins ? UsageMerger.Merge(_facts.Usage!.Value, counts) : counts, usage);
        _facts = _facts with { ServiceTier = TextOf(Last(usage, "service_tier")) ?? _facts.ServiceTier };
        return true;
    }

    private bool TakeBotUsage(JsonElement usage)
    {
        if (!IsObject(usage) || OpenAIUsage.Read(JsonMarshal.GetRawUtf8Value(usage)).Anomalies != UsageAnomalies.None
            || !usage.TryGetProperty("model_usage", out JsonElement models) || !IsArray(models))
        {
            return false;
        }

        TokenUsage[] counts = [.. models.EnumerateArray().Select(model => OpenAIUsage.Read(JsonMarshal.GetRawUtf8Value(model)).Usage).OfType<TokenUsage>()];
        if (counts.Length > 0)
        {
            TakeCounts(counts.Aggregate((sum, next) => sum.Plus(next)), usage);
        }

        return counts.Length > 0;
    }

    // A bill without tokens is kept as it is.
    private bool TakeBill(JsonElement bill, out bool isComplete)
    {
        isComplete = false;
        if (!IsObject(bill))
        {
            return false;
        }

        byte[] json = [.. JsonMarshal.GetRawUtf8Value(bill)];
        if (CopilotUsage.Read(json, out isComplete).Usage is { } counts)
        {
            TakeCounts(counts, bill);
            return true;
        }

        if (_facts.Usage is null)
        {
            _facts = _facts with { RawUsage = Encoding.UTF8.GetString(json) };
        }

        return false;
    }

    private bool TakeTimings(JsonElement timings)
    {
        if (!IsObject(timings) || LlamaTimings.Read(JsonMarshal.GetRawUtf8Value(timings)) is not { } counts)
        {
            return false;
        }

        TakeCounts(counts, timings);
        return true;
    }

    // Zeros never replace counts. The counts that a second usage object leaves out stay.
    private void TakeCounts(TokenUsage counts, JsonElement raw)
    {
        bool isAllZero = counts.IsAllZero;
        _keptLastCounts = _facts.Usage is null || _isAllZero || !isAllZero;
        if (_keptLastCounts)
        {
            _facts = _facts with { Usage = counts, RawUsage = Encoding.UTF8.GetString(JsonMarshal.GetRawUtf8Value(raw)) };
            _isAllZero = isAllZero;
        }
    }
}
