using System.Net.Http.Headers;

using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>Reads InvokeModel's responses, which each model writes in its own format.</summary>
/// <remarks>
/// <para>
/// The members of a document tell the format, because the model's name may be hidden behind an ARN. The document goes to the reader of
/// that format.
/// </para>
/// <para>
/// Up to three sources report counts. The model's own counts come first. The metrics that Bedrock adds to the last chunk of a stream
/// replace them when they lack the input or the output. The headers of a response in one piece count when the body has no counts. The
/// sources may differ by the tokens of tool calls. Then the model's own counts stay.
/// </para>
/// </remarks>
internal sealed class BedrockInvokeReader() : UsageReader(DocumentFields)
{
    private static readonly UsageFields DocumentFields = new(
        AnthropicMessagesReader.EventFields, BedrockConverseReader.EventFields, BedrockLlamaReader.EventFields, BedrockTitanReader.EventFields, BedrockChoicesReader.EventFields);

    // Gateways that forward events as JSON put the event's name around it.
    private static readonly UsageField ChunkBytes = DocumentFields.Add("bytes", "chunk.bytes");

    private static readonly UsageField Metrics = DocumentFields.Add("amazon-bedrock-invocationMetrics");
    private static readonly BedrockErrorFields Errors = new(DocumentFields);

    // The members that tell the formats apart.
    private static readonly UsageField AnthropicType = DocumentFields.Add("type");
    private static readonly UsageField Choice = DocumentFields.Add("choices[]");
    private static readonly UsageField NovaSign = DocumentFields.Add("stopReason?", "messageStop?", "metadata?", "output?");
    private static readonly UsageField LlamaSign = DocumentFields.Add("generation?");
    private static readonly UsageField TitanSign = DocumentFields.Add(
        "inputTextTokenCount?", "totalOutputTextTokenCount?", "completionReason?", "results[]");

    private readonly BedrockChunk _chunk = new(DocumentFields);

    private AnthropicMessagesReader? _anthropic;
    private BedrockConverseReader? _nova; // Nova's own format is that of Converse.
    private BedrockLlamaReader? _llama;
    private BedrockTitanReader? _titan;
    private BedrockChoicesReader? _choices;

    public override void ReadHeaders(HttpResponseHeaders headers, UsageReport report)
    {
        BedrockHeaders.RecordError(headers, report);
        BedrockHeaders.RecordServiceTier(headers, report);
        BedrockHeaders.RecordCounts(headers, report);
    }

    public override void Read(UsageDocument document, UsageReport report)
    {
        if (document[ChunkBytes] is not { IsEmpty: false } bytes)
        {
            ReadModelEvent(document, report);
        }
        else if (_chunk.TryUnpack(bytes, out UsageDocument modelEvent))
        {
            ReadModelEvent(modelEvent, report);
            report.AddAnomalies(modelEvent.IsOversized ? UsageAnomalies.OversizedEvent : UsageAnomalies.None);
        }
        else
        {
            report.AddAnomalies(UsageAnomalies.UndecodableEvent);
        }

        _chunk.Release();
    }

    /// <summary>Reads one event in the model's own format, or a whole body.</summary>
    private void ReadModelEvent(UsageDocument document, UsageReport report)
    {
        if (Errors.FindError(document) is { } error)
        {
            report.RecordError(error);
        }

        // The event that ends Anthropic's stream has only Bedrock's metrics. They are recorded before the end, because counts behind the
        // end are an anomaly.
        bool isMessageStop = JsonValue.TextEquals(document[AnthropicType], "message_stop");
        if (!isMessageStop)
        {
            UsageReader format = FindFormat(document);
            format.Read(document.View(format.Fields), report);
        }

        RecordMetrics(document[Metrics], report);
        if (isMessageStop || document.Has(Metrics))
        {
            report.RecordEnd();
        }
    }

    /// <summary>Finds the reader of the format that a document has. The same reader serves all documents of that format.</summary>
    private UsageReader FindFormat(UsageDocument document) =>
        document[AnthropicType].StartsWith("\"message"u8) ? _anthropic ??= new AnthropicMessagesReader()
        : document.Has(Choice) ? _choices ??= new BedrockChoicesReader()
        : document.Has(NovaSign) ? _nova ??= new BedrockConverseReader()
        : document.Has(LlamaSign) ? _llama ??= new BedrockLlamaReader()
        : document.Has(TitanSign) ? _titan ??= new BedrockTitanReader()
        : _choices ??= new BedrockChoicesReader();

    private static void RecordMetrics(ReadOnlySpan<byte> json, UsageReport report)
    {
        UsageReading metrics = BedrockMetrics.Read(json);
        bool isKnown = report.Usage is { InputTokens: not null, OutputTokens: not null }
            && report.Stage != UsageStage.Incomplete && !report.UsageIsAllZero;
        if (isKnown)
        {
            report.AddAnomalies(metrics.Anomalies);
        }
        else
        {
            report.RecordUsage(metrics, json, UsageStage.Final);
        }
    }
}
