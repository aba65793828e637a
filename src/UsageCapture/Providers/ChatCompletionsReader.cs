using System.Text;
using System.Text.Json;

using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>Reads usage out of OpenAI chat completions, streamed or not, wherever a server of that protocol puts it.</summary>
/// <remarks>
/// Of usage reported more than once the last counts, for reports are running totals; of ids and models the first; of a choice's
/// finish reasons the last.
/// </remarks>
internal sealed class ChatCompletionsReader : DocumentReader
{
    // OpenAI allows 128 choices; an index beyond this is no index.
    private const int MaxChoices = 1024;

    private const int MaxText = 256;
    private const int MaxErrorText = 128;

    private static readonly JsonShape Chunk = JsonShape.Object(
        ("id", JsonShape.Text(Slot.Id)),
        ("object", JsonShape.Text(Slot.ObjectName)),
        ("model", JsonShape.Text(Slot.Model)),
        ("choices", JsonShape.Array(JsonShape.Object(
            Slot.Choice,
            ("index", JsonShape.Text(Slot.ChoiceIndex)),
            ("finish_reason", JsonShape.Text(Slot.FinishReason)),
            ("usage", JsonShape.Text(Slot.ChoiceUsage))))),
        ("usage", JsonShape.Text(Slot.Usage)),
        ("x_groq", JsonShape.Object(
            ("usage", JsonShape.Text(Slot.GroqUsage)),
            ("error", JsonShape.Text(Slot.GroqError)))),
        ("service_tier", JsonShape.Text(Slot.ServiceTier)),
        ("prompt_filter_results", JsonShape.Presence(Slot.FilterResults)),
        ("error", JsonShape.Text(Slot.Error)),
        ("code", JsonShape.Text(Slot.FlatErrorCode)),
        ("type", JsonShape.Text(Slot.FlatErrorType)),
        ("param", JsonShape.Text(Slot.FlatErrorParameter)));

    // The choices by their index, with their last finish reason; an index that never came is not seen.
    private readonly List<(bool Seen, string? FinishReason)> _choices = [];
    private int _choicesSeen;
    private CapturedText _id;
    private CapturedText _model;
    private CapturedText _tier;
    private Borrowed<byte> _rawUsage;
    private int _rawUsageLength;
    private UsageAnomalies _usageAnomalies;

    public override JsonShape Shape => Chunk;

    public override ReadOnlySpan<byte> Terminator => "[DONE]"u8;

    public override UsageAnomalies Anomalies => base.Anomalies | _usageAnomalies;

    public string? ResponseId => _id.Value;

    public string? ResponseModel => _model.Value;

    public string? ServiceTier => _tier.Value;

    public TokenUsage? Usage { get; private set; }

    /// <summary>Gets the usage object that <see cref="Usage"/> was read from.</summary>
    public string? RawUsage => Usage is null ? null : Encoding.UTF8.GetString(_rawUsage.Items.AsSpan(0, _rawUsageLength));

    /// <summary>Gets whether the usage came where nothing more was to be generated, so that it was the server's last word.</summary>
    public bool UsageIsFinal { get; private set; }

    public UsageError? Error { get; private set; }

    public IReadOnlyList<string> FinishReasons =>
        _choices is [(_, { } only)] ? [only] : [.. _choices.Select(choice => choice.FinishReason).OfType<string>()];

    /// <summary>Gets whether every choice that began has finished, and at least one did.</summary>
    public bool EveryChoiceFinished =>
        _choices.Count > 0 && !_choices.Exists(static choice => choice is { Seen: true, FinishReason: null });

    /// <summary>Gives the memory back: there is no usage here afterwards.</summary>
    public override void Release()
    {
        Usage = null;
        _rawUsage.Return();
        _id.Release();
        _model.Release();
        _tier.Release();
    }

    public override bool Read(JsonCaptures document)
    {
        (int choicesBefore, UsageAnomalies anomaliesBefore) = (_choicesSeen, Anomalies);
        bool isNamed = TakeFirst(ref _id, document.Last(Slot.Id), UsageAnomalies.ResponseIdChanged)
            | TakeFirst(ref _model, document.Last(Slot.Model), UsageAnomalies.ModelChanged)
            | _tier.Take(document.Last(Slot.ServiceTier), keepFirst: false);

        bool hadFinished = EveryChoiceFinished;
        int choices = ReadChoices(document, out bool finishes);
        bool isError = ReadError(document);
        bool hasUsage = ReadUsage(document, choices);
        if (hasUsage && choices > 0)
        {
            Flag(finishes ? UsageAnomalies.None : UsageAnomalies.UsageWithoutFinishReason);
            Flag(hadFinished ? UsageAnomalies.UsageAfterFinish : UsageAnomalies.None);
        }
        else if (!hasUsage && choices == 0 && !isError && !document.Has(Slot.FilterResults))
        {
            Flag(UsageAnomalies.EmptyChunks);
        }

        return hasUsage || finishes || isError || choicesBefore != _choicesSeen || anomaliesBefore != Anomalies
            || isNamed;
    }

    private bool TakeFirst(ref CapturedText text, ReadOnlySpan<byte> json, UsageAnomalies changed)
    {
        bool isFirst = text.Value is null;
        bool differs = text.Take(json, keepFirst: true);
        Flag(differs && !isFirst ? changed : UsageAnomalies.None);
        return isFirst && differs;
    }

    /// <summary>Reads what the choices of a chunk say.</summary>
    /// <param name="document">The chunk.</param>
    /// <param name="finishes">Whether one of them has a finish reason.</param>
    /// <returns>How many choices there are.</returns>
    private int ReadChoices(JsonCaptures document, out bool finishes)
    {
        finishes = false;
        int choices = 0;
        int index = 0;
        string? finishReason = null;
        for (int i = 0; i <= document.Count; i++)
        {
            int slot = i < document.Count ? document.Slot(i) : Slot.Choice;
            if (slot == Slot.ChoiceIndex)
            {
                index = JsonValue.GetIndex(document.Text(i), MaxChoices);
            }
            else if (slot == Slot.FinishReason)
            {
                finishReason = JsonValue.GetText(document.Text(i), MaxText);
            }
            else if (slot == Slot.Choice)
            {
                // The next choice, or the end of the chunk, completes the one before.
                if (choices > 0)
                {
                    NoteChoice(index, finishReason);
                    finishes |= finishReason is not null;
                }

                choices++;
                index = 0;
                finishReason = null;
            }
        }

        return choices - 1;
    }

    private void NoteChoice(int index, string? finishReason)
    {
        while (_choices.Count <= index)
        {
            _choices.Add(default);
        }

        _choicesSeen += _choices[index].Seen ? 0 : 1;
        _choices[index] = (Seen: true, finishReason ?? _choices[index].FinishReason);
    }

    private bool ReadUsage(JsonCaptures document, int choices)
    {
        // One source a chunk: Groq repeats the same counts in two of these.
        if (Take(document.Last(Slot.Usage)) || Take(document.Last(Slot.GroqUsage)) || Take(document.Last(Slot.ChoiceUsage)))
        {
            UsageIsFinal = choices == 0 || EveryChoiceFinished;
            Flag(HasEnded ? UsageAnomalies.UsageAfterTerminator : UsageAnomalies.None);
            return true;
        }

        return false;
    }

    private bool Take(ReadOnlySpan<byte> json)
    {
        if (!OpenAIUsage.TryRead(json, out TokenUsage usage, out UsageAnomalies anomalies))
        {
            Flag(anomalies);
            return false;
        }

        bool knewMore = Usage is not null && (_usageAnomalies & UsageAnomalies.AllZeroUsage) == UsageAnomalies.None;
        if (knewMore)
        {
            Flag(UsageAnomalies.UsageRepeated);
            if ((anomalies & UsageAnomalies.AllZeroUsage) != UsageAnomalies.None)
            {
                // Zeros in the end do not undo what was counted (sgl-project/sglang#3743).
                Flag(UsageAnomalies.AllZeroUsage);
                return true;
            }
        }

        Usage = usage;
        _usageAnomalies = anomalies;
        _rawUsage.Fit(json.Length, kept: 0);
        json.CopyTo(_rawUsage.Items);
        _rawUsageLength = json.Length;
        return true;
    }

    private bool ReadError(JsonCaptures document)
    {
        if (document.Last(Slot.Error) is not ([] or [(byte)'n', ..] or [(byte)'"', (byte)'"']))
        {
            Error ??= ReadErrorObject(document.Last(Slot.Error));
        }
        else if (JsonValue.TextEquals(document.Last(Slot.ObjectName), "error"))
        {
            // SGLang, older vLLM: the error's members stand in the chunk itself.
            Error ??= new UsageError
            {
                Code = JsonValue.GetText(document.Last(Slot.FlatErrorCode), MaxErrorText),
                Type = JsonValue.GetText(document.Last(Slot.FlatErrorType), MaxErrorText),
                Parameter = JsonValue.GetText(document.Last(Slot.FlatErrorParameter), MaxErrorText),
            };
        }
        else if (document.Last(Slot.GroqError) is [(byte)'"', not (byte)'"', ..])
        {
            Error ??= new UsageError();
        }
        else
        {
            return false;
        }

        return true;
    }

    private static UsageError ReadErrorObject(ReadOnlySpan<byte> json)
    {
        string? code = null;
        string? type = null;
        string? parameter = null;
        try
        {
            var reader = new Utf8JsonReader(json);
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                bool isCode = reader.ValueTextEquals("code"u8);
                bool isType = reader.ValueTextEquals("type"u8);
                bool isParameter = reader.ValueTextEquals("param"u8);
                reader.Read();
                int start = (int)reader.TokenStartIndex;
                reader.Skip();
                ReadOnlySpan<byte> value = json[start..(int)reader.BytesConsumed];
                code = isCode ? JsonValue.GetText(value, MaxErrorText) : code;
                type = isType ? JsonValue.GetText(value, MaxErrorText) : type;
                parameter = isParameter ? JsonValue.GetText(value, MaxErrorText) : parameter;
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // An error that cannot be read is an error all the same; what was read of it is kept.
        }

        return new UsageError { Code = code, Type = type, Parameter = parameter };
    }

    private static class Slot
    {
        public const int Id = 0;
        public const int ObjectName = 1;
        public const int Model = 2;
        public const int Choice = 3;
        public const int ChoiceIndex = 4;
        public const int FinishReason = 5;
        public const int ChoiceUsage = 6;
        public const int Usage = 7;
        public const int GroqUsage = 8;
        public const int GroqError = 9;
        public const int ServiceTier = 10;
        public const int FilterResults = 11;
        public const int Error = 12;
        public const int FlatErrorCode = 13;
        public const int FlatErrorType = 14;
        public const int FlatErrorParameter = 15;
    }
}
