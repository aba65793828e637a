using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>Reads usage out of Anthropic's messages, streamed or not.</summary>
/// <remarks>
/// The usage that begins a stream has all of the input but of the output only a stand-in, a small number; it is kept as stated, and a
/// record that knows no more than this is partial, also when the stream was read to its end. The same goes for a stream whose start
/// was without usage, so that the input is unknown.
/// </remarks>
internal sealed class AnthropicMessagesReader() : UsageReader(Fields, Done)
{
    // Not Anthropic's, whose streams end with message_stop; gateways put it behind.
    private static readonly byte[] Done = "[DONE]"u8.ToArray();

    private static readonly UsageFields Fields = new(
        "type", "message.id", "message.model", "message.usage", "delta.stop_reason", "delta.usage", "usage", "id", "model", "stop_reason", "error",
        "Output.__type");

    private readonly AnthropicUsage _usage = new();
    private bool _outputIsKnown;

    protected override void Read(UsageDocument document)
    {
        TakeResponseId(document["message.id"]);
        TakeResponseModel(document["message.model"]);
        TakeResponseId(document["id"]);
        TakeResponseModel(document["model"]);
        bool isStart = JsonValue.TextEquals(document["type"], "message_start");
        ReadStopReason(isStart, document["delta.stop_reason"]);
        ReadStopReason(isStart: false, document["stop_reason"]);
        if (ReadStart(document["message.usage"]))
        {
            TakeServiceTier(document["message.usage.service_tier"]);
        }

        ReadReport(document["delta.usage"]);
        if (ReadReport(document["usage"]))
        {
            TakeServiceTier(document["usage.service_tier"]);
        }

        ReadError(document);
        if (JsonValue.TextEquals(document["type"], "message_stop"))
        {
            End();
        }
    }

    private void ReadStopReason(bool isStart, ReadOnlySpan<byte> reason)
    {
        if (isStart || JsonValue.HasText(reason))
        {
            TakeFinishReason(reason);
        }
    }

    private bool ReadStart(ReadOnlySpan<byte> json)
    {
        bool isRepeated = Usage is not null && !UsageIsAllZero;
        if (!_usage.TryStart(json))
        {
            Flag(_usage.Anomalies);
            return false;
        }

        Flag(isRepeated ? UsageAnomalies.UsageRepeated : UsageAnomalies.None);
        _outputIsKnown = false;
        Take(json);
        return true;
    }

    private bool ReadReport(ReadOnlySpan<byte> json)
    {
        if (!_usage.TryMerge(json))
        {
            Flag(_usage.Anomalies);
            return false;
        }

        _outputIsKnown |= _usage.LastStatesOutput;
        Take(json);
        return true;
    }

    private void ReadError(UsageDocument document)
    {
        if (document["error"] is not ([] or [(byte)'n', ..] or [(byte)'"', (byte)'"']))
        {
            TakeError(ErrorObject.Read(document["error"])); // It has a type, as OpenAI's, and no code.
        }
        else if (JsonValue.TextEquals(document["type"], "error"))
        {
            TakeError(new UsageError());
        }
        else if (ErrorObject.Bedrock(document["Output.__type"]) is { } fault)
        {
            TakeError(fault);
        }
    }

    private void Take(ReadOnlySpan<byte> json)
    {
        TokenUsage usage = _usage.Usage;
        UsageIsIncomplete = !_outputIsKnown || usage.InputTokens is null;
        Iterations = _usage.Iterations;
        TakeUsage(usage, json, isFinal: !UsageIsIncomplete && EveryChoiceFinished, _usage.Anomalies);
    }
}
