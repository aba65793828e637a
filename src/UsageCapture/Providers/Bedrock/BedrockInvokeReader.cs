using System.Globalization;
using System.Net.Http.Headers;
using System.Text;

using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>Reads usage out of what InvokeModel answers: the model's own format, known by its members, whatever the model is called.</summary>
/// <remarks>
/// <para>
/// The model's own counts come first. The metrics that Bedrock puts into the last chunk of a stream take their place when these lack
/// the input or the output, and the headers of an answer in one piece when its body says nothing at all. Where the two differ, which
/// they do by the tokens of tool calls, the model's own stay.
/// </para>
/// <para>
/// Cohere's own <c>meta</c> is left unread: its tokens count a template that is not billed, and what it calls billed is what the
/// metrics and the headers say.
/// </para>
/// </remarks>
internal sealed class BedrockInvokeReader : UsageReader
{
    private const string ServiceTierHeader = "x-amzn-bedrock-service-tier";

    private static readonly JsonShape Answer = AnswerShape(Slot.Answer);

    private static readonly JsonShape Event = JsonShape.Object(
    [
        // A stream's chunk, also with the name that its event has in the API around it.
        ("bytes", JsonShape.Text(Slot.Bytes)),
        ("chunk", JsonShape.Object(("bytes", JsonShape.Text(Slot.Bytes)))),
        ("amazon-bedrock-invocationMetrics", JsonShape.Text(Slot.Metrics)),

        // Anthropic; of these OpenAI's format has the first three and usage, too.
        ("id", JsonShape.Text(Slot.Id)),
        ("model", JsonShape.Text(Slot.Model)),
        ("service_tier", JsonShape.Text(Slot.ServiceTier)),
        ("type", JsonShape.Text(Slot.Type)),
        ("usage", JsonShape.Text(Slot.Usage)),
        ("stop_reason", JsonShape.Text(Slot.StopReason)),
        ("message", JsonShape.Object(
            ("id", JsonShape.Text(Slot.MessageId)),
            ("model", JsonShape.Text(Slot.MessageModel)),
            ("usage", JsonShape.Text(Slot.MessageUsage)))),
        ("delta", JsonShape.Object(("stop_reason", JsonShape.Text(Slot.Reason)))),

        // OpenAI, and Mistral, DeepSeek, Qwen and AI21, which speak like it; Mistral's older models; Cohere; Titan; AI21's older ones.
        ("choices", JsonShape.Array(AnswerShape(Slot.Choice))),
        ("outputs", JsonShape.Array(Answer)),
        ("generations", JsonShape.Array(Answer)),
        ("results", JsonShape.Array(Answer)),
        ("completions", JsonShape.Array(JsonShape.Object(
            Slot.Answer, ("finishReason", JsonShape.Object(("reason", JsonShape.Text(Slot.AnswerReason))))))),
        ("finish_reason", JsonShape.Text(Slot.Reason)),

        // Llama.
        ("prompt_token_count", JsonShape.Text(Slot.LlamaInput)),
        ("generation_token_count", JsonShape.Text(Slot.LlamaOutput)),

        // Titan.
        ("inputTextTokenCount", JsonShape.Text(Slot.TitanInput)),
        ("totalOutputTextTokenCount", JsonShape.Text(Slot.TitanOutput)),
        ("completionReason", JsonShape.Text(Slot.Reason)),

        // Nova.
        ("stopReason", JsonShape.Text(Slot.Reason)),
        ("messageStop", JsonShape.Object(("stopReason", JsonShape.Text(Slot.Reason)))),
        ("metadata", JsonShape.Object(("usage", JsonShape.Text(Slot.NovaUsage)))),

        .. BedrockError.Shapes(Slot.FirstError),
    ]);

    private static readonly UsageFields Fields = new(Event);

    private readonly BedrockChunk _chunk = new(Event);
    private readonly Action<JsonCaptures> _readModelEvent;
    private AnthropicUsage? _message;

    // Llama's and Titan's counts come one by one: what is known of them so far.
    private long? _input;
    private long? _output;

    // Whether the body has reported both input and output in the model's own words.
    private bool _isWhole;

    public BedrockInvokeReader()
        : base(Fields) => _readModelEvent = ReadModelEvent;

    internal override void ReadHeaders(HttpResponseHeaders headers)
    {
        if (BedrockError.Find(headers) is { } error)
        {
            TakeError(error);
        }

        if (headers.NonValidated.TryGetValues(ServiceTierHeader, out HeaderStringValues tier)
            && tier.ToString() is var name && name.All(char.IsAsciiLetterOrDigit))
        {
            TakeServiceTier(Encoding.ASCII.GetBytes($"\"{name}\""));
        }

        if (BedrockUsage.TryReadHeaders(headers, out TokenUsage usage, out byte[] raw))
        {
            // An answer in one piece is generated before its headers are sent. What the body says takes their place.
            TakeUsage(usage, raw, isFinal: usage.OutputTokens is not null);
        }
    }

    protected override void Read(UsageDocument document)
    {
        JsonCaptures captures = document.Captures;
        if (captures.Last(Slot.Bytes) is { IsEmpty: false } bytes)
        {
            Flag(_chunk.Read(bytes, _readModelEvent));
        }
        else
        {
            ReadModelEvent(captures);
        }
    }

    private static JsonShape AnswerShape(int slot) => JsonShape.Object(
        slot,
        ("index", JsonShape.Text(Slot.AnswerIndex)),
        ("finish_reason", JsonShape.Text(Slot.AnswerReason)),
        ("completionReason", JsonShape.Text(Slot.AnswerReason)),
        ("stop_reason", JsonShape.Text(Slot.AnswerStopReason)),
        ("tokenCount", JsonShape.Text(Slot.AnswerTokens)));

    /// <summary>Reads one of the model's own events, or its whole answer.</summary>
    private void ReadModelEvent(JsonCaptures captures)
    {
        ReadNames(captures);
        ReadReasons(captures);
        if (BedrockError.Find(captures, Slot.FirstError) is { } error)
        {
            TakeError(error);
        }

        ReadUsage(captures);
        ReadEnd(captures);
    }

    // Ids of other formats than these name a request, or one answer of several.
    private void ReadNames(JsonCaptures captures)
    {
        TakeServiceTier(captures.Last(Slot.ServiceTier));
        TakeResponseId(captures.Last(Slot.MessageId));
        TakeResponseModel(captures.Last(Slot.MessageModel));
        if (captures.Has(Slot.Choice) || IsOfType(captures, "message"))
        {
            TakeResponseId(captures.Last(Slot.Id));
            TakeResponseModel(captures.Last(Slot.Model));
        }
    }

    private void ReadReasons(JsonCaptures captures)
    {
        var answers = new Answers(captures, Slot.Answer, Slot.Choice);
        while (answers.MoveNext())
        {
            ReadOnlySpan<byte> reason = answers.Last(Slot.AnswerReason);
            if (reason.IsEmpty && answers.Last(Slot.AnswerStopReason) is [(byte)'"', ..] text)
            {
                // AI21 has the number of a token beside the reason, under the name that Mistral has the reason under.
                reason = text;
            }

            TakeFinishReason(reason, answers.Index(Slot.AnswerIndex));
        }

        TakeReason(captures.Last(Slot.Reason));
        if (!IsOfType(captures, "completion")) // Of Anthropic's text completions, which its messages replaced, only the counts are read.
        {
            TakeReason(captures.Last(Slot.StopReason));
        }
    }

    private void TakeReason(ReadOnlySpan<byte> json)
    {
        if (JsonValue.HasText(json))
        {
            TakeFinishReason(json);
        }
    }

    private void ReadUsage(JsonCaptures captures)
    {
        ReadMessage(captures.Last(Slot.MessageUsage), isStart: true);
        ReadOnlySpan<byte> json = captures.Last(Slot.Usage);
        bool isRead = captures.Has(Slot.Choice)
            ? ReadOpenAI(json)
            : ReadNova(json) || ReadMessage(json, isStart: false) || ReadOpenAI(json);
        if (!isRead && !ReadNova(captures.Last(Slot.NovaUsage)))
        {
            ReadCounts(captures);
        }
    }

    private bool ReadOpenAI(ReadOnlySpan<byte> json)
    {
        if (!OpenAIUsage.TryRead(json, out TokenUsage usage, out UsageAnomalies anomalies))
        {
            Flag(anomalies);
            return false;
        }

        Flag(_isWhole ? UsageAnomalies.UsageRepeated : UsageAnomalies.None);
        TakeOwn(usage, json, EveryChoiceFinished, anomalies);
        return true;
    }

    private bool ReadNova(ReadOnlySpan<byte> json)
    {
        if (!BedrockUsage.TryRead(json, out TokenUsage usage, out UsageAnomalies anomalies))
        {
            Flag(anomalies);
            return false;
        }

        TakeOwn(usage, json, EveryChoiceFinished, anomalies);
        return true;
    }

    private bool ReadMessage(ReadOnlySpan<byte> json, bool isStart)
    {
        if (json.IsEmpty)
        {
            return false;
        }

        _message ??= new AnthropicUsage();
        if (isStart ? !_message.TryStart(json) : !_message.TryMerge(json))
        {
            Flag(_message.Anomalies);
            return false;
        }

        // What a stream starts with has of the output only a stand-in.
        UsageIsIncomplete = isStart || (UsageIsIncomplete && !_message.LastStatesOutput);
        Iterations = _message.Iterations;
        TakeOwn(_message.Usage, json, !UsageIsIncomplete && EveryChoiceFinished, _message.Anomalies);
        return true;
    }

    /// <summary>Reads the counts that Llama and Titan have among the other members of an event.</summary>
    private void ReadCounts(JsonCaptures captures)
    {
        long? llamaInput = ReadCount(captures.Last(Slot.LlamaInput));
        long? llamaOutput = ReadCount(captures.Last(Slot.LlamaOutput));
        long? titanInput = ReadCount(captures.Last(Slot.TitanInput));
        long? titanOutput = ReadCount(captures.Last(Slot.TitanOutput)) ?? CountAnswers(captures);
        if ((llamaInput ?? llamaOutput ?? titanInput ?? titanOutput) is null)
        {
            return;
        }

        _input = llamaInput ?? titanInput ?? _input;
        _output = llamaOutput ?? titanOutput ?? _output;
        var usage = new TokenUsage { InputTokens = _input, OutputTokens = _output };
        Span<byte> raw = stackalloc byte[128];
        if ((llamaInput ?? llamaOutput) is not null)
        {
            // It counts as it goes on.
            TakeOwn(usage, Raw(raw, "\"prompt_token_count\":"u8, "\"generation_token_count\":"u8), EveryChoiceFinished, UsageAnomalies.None);
        }
        else
        {
            // Its count of the output is called a total, and comes when all is done. In a stream it has another name than in one piece.
            TakeOwn(usage, Raw(raw, "\"inputTextTokenCount\":"u8, "\"output\":"u8), titanOutput is not null, UsageAnomalies.None);
        }
    }

    /// <summary>Makes an object of counts that stand in none of their own.</summary>
    private ReadOnlySpan<byte> Raw(Span<byte> raw, ReadOnlySpan<byte> input, ReadOnlySpan<byte> output)
    {
        int length = 0;
        Append(raw, ref length, input, _input);
        Append(raw, ref length, output, _output);
        raw[length++] = (byte)'}';
        return raw[..length];
    }

    private static void Append(Span<byte> raw, ref int length, ReadOnlySpan<byte> name, long? count)
    {
        if (count is { } number)
        {
            raw[length] = length == 0 ? (byte)'{' : (byte)',';
            name.CopyTo(raw[(length + 1)..]);
            length += 1 + name.Length;
            number.TryFormat(raw[length..], out int written, provider: CultureInfo.InvariantCulture);
            length += written;
        }
    }

    private long? CountAnswers(JsonCaptures captures)
    {
        long? sum = null;
        for (int i = 0; i < captures.Count; i++)
        {
            if (captures.Slot(i) == Slot.AnswerTokens)
            {
                sum = JsonCounts.Sum(sum, ReadCount(captures.Text(i)));
            }
        }

        return sum;
    }

    private void TakeOwn(in TokenUsage usage, ReadOnlySpan<byte> raw, bool isFinal, UsageAnomalies anomalies)
    {
        _isWhole = !UsageIsIncomplete && usage is { InputTokens: not null, OutputTokens: not null };
        TakeUsage(usage, raw, isFinal, anomalies);
    }

    private void ReadEnd(JsonCaptures captures)
    {
        ReadOnlySpan<byte> json = captures.Last(Slot.Metrics);
        if (BedrockUsage.TryReadMetrics(json, out TokenUsage usage, out UsageAnomalies anomalies) && (!_isWhole || UsageIsAllZero))
        {
            UsageIsIncomplete = false;
            TakeUsage(usage, json, isFinal: true, anomalies);
        }
        else
        {
            Flag(anomalies);
        }

        if (!json.IsEmpty || IsOfType(captures, "message_stop"))
        {
            End();
        }
    }

    private static bool IsOfType(JsonCaptures captures, string type) => JsonValue.TextEquals(captures.Last(Slot.Type), type);

    private static class Slot
    {
        public const int Bytes = 0;
        public const int Metrics = 1;
        public const int Id = 2;
        public const int Model = 3;
        public const int ServiceTier = 4;
        public const int Type = 5;
        public const int Usage = 6;
        public const int StopReason = 7;
        public const int MessageId = 8;
        public const int MessageModel = 9;
        public const int MessageUsage = 10;
        public const int Reason = 11;
        public const int Choice = 12;
        public const int Answer = 13;
        public const int AnswerIndex = 14;
        public const int AnswerReason = 15;
        public const int AnswerStopReason = 16;
        public const int AnswerTokens = 17;
        public const int LlamaInput = 18;
        public const int LlamaOutput = 19;
        public const int TitanInput = 20;
        public const int TitanOutput = 21;
        public const int NovaUsage = 22;
        public const int FirstError = 23;
    }
}
