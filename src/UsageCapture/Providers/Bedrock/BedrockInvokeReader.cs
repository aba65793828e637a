using System.Net.Http.Headers;

using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>Reads the responses of Bedrock's InvokeModel. Each model has its own format, which another reader reads.</summary>
/// <remarks>
/// <para>
/// The format is inferred from the members of a document. The model's name does not tell it, because the address may have an ARN (the AWS
/// name of a resource) instead of it.
/// </para>
/// <para>
/// Up to three sources report counts, and they may differ by the tokens of tool calls. The model's own counts have precedence. Bedrock adds
/// metrics to the last chunk of a stream, and headers to a response that is not streamed. The metrics are used when the model's counts are not
/// complete. The headers are recorded first, and counts in the body replace them.
/// </para>
/// </remarks>
internal sealed class BedrockInvokeReader() : UsageReader(DocumentFields)
{
    // The fields of the other readers are included, so that one pass over a document finds the values for all of them. In the paths below,
    // "?" means that only the presence of the value is noted. Several paths of one field are alternatives.
    private static readonly UsageFields DocumentFields = new(
        AnthropicMessagesReader.EventFields,
        BedrockConverseReader.EventFields,
        BedrockLlamaReader.EventFields,
        BedrockTitanReader.EventFields,
        BedrockChoicesReader.EventFields);

    // The model's event, encoded in Base64. Gateways that forward events as JSON wrap them in an object with the event's name.
    private static readonly UsageField ChunkBytes = DocumentFields.Add("bytes", "chunk.bytes");

    private static readonly UsageField Metrics = DocumentFields.Add("amazon-bedrock-invocationMetrics");
    private static readonly BedrockErrorFields Errors = new(DocumentFields);

    // The members from which the format is inferred.
    private static readonly UsageField AnthropicType = DocumentFields.Add("type");
    private static readonly UsageField Choice = DocumentFields.Add("choices[]");
    private static readonly UsageField NovaMember = DocumentFields.Add("stopReason?", "messageStop?", "metadata?", "output?");
    private static readonly UsageField LlamaMember = DocumentFields.Add("generation?");
    private static readonly UsageField TitanMember = DocumentFields.Add(
        "inputTextTokenCount?", "totalOutputTextTokenCount?", "completionReason?", "results[]");

    private readonly BedrockChunkUnpacker _unpacker = new(DocumentFields);

    // The readers of the formats, made when the first document in the format arrives.
    private AnthropicMessagesReader? _anthropic;
    private BedrockConverseReader? _nova; // Nova's format is that of Converse.
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
        ReadOnlySpan<byte> chunkBytes = document[ChunkBytes];
        if (chunkBytes.IsEmpty)
        {
            ReadModelEvent(document, report);
        }
        else if (_unpacker.TryUnpack(chunkBytes, out UsageDocument modelEvent))
        {
            ReadModelEvent(modelEvent, report);
            report.AddAnomalies(modelEvent.IsOversized ? UsageAnomalies.OversizedEvent : UsageAnomalies.None);
        }
        else
        {
            report.AddAnomalies(UsageAnomalies.UndecodableEvent);
        }

        _unpacker.Release();
    }

    /// <summary>Reads one event in the model's own format, or a whole body.</summary>
    private void ReadModelEvent(UsageDocument document, UsageReport report)
    {
        if (Errors.FindError(document) is { } error)
        {
            report.RecordError(error);
        }

        // Anthropic's last event, message_stop, has nothing else to record than Bedrock's metrics. It is not passed to Anthropic's reader: that
        // reader would record the end, and the metrics of the same event would then be an anomaly (usage after the end).
        bool isMessageStop = JsonValue.TextEquals(document[AnthropicType], "message_stop");
        if (!isMessageStop)
        {
            UsageReader reader = GetFormatReader(document);
            reader.Read(document.View(reader.Fields), report);
        }

        RecordMetrics(document[Metrics], report);
        if (isMessageStop || document.Has(Metrics))
        {
            report.RecordEnd();
        }
    }

    /// <summary>
    /// Gets the reader of the document's format. One reader reads all documents of a format, because readers keep earlier counts.
    /// </summary>
    /// <remarks>
    /// Members that only one format has are asked for first; <c>output</c> and <c>results</c> are more general. Anthropic's events of other
    /// types, such as <c>content_block_delta</c>, have nothing to record, so it does not matter that the last reader gets them.
    /// </remarks>
    private UsageReader GetFormatReader(UsageDocument document) =>
        document[AnthropicType].StartsWith("\"message"u8) ? _anthropic ??= new AnthropicMessagesReader()
        : document.Has(Choice) ? _choices ??= new BedrockChoicesReader()
        : document.Has(NovaMember) ? _nova ??= new BedrockConverseReader()
        : document.Has(LlamaMember) ? _llama ??= new BedrockLlamaReader()
        : document.Has(TitanMember) ? _titan ??= new BedrockTitanReader()
        : _choices ??= new BedrockChoicesReader(); // Older formats, and events without a known member.

    /// <summary>
    /// Records the counts of Bedrock's metrics, unless the model's own counts are complete: with input and output, and without placeholders
    /// (a start event's output, or zeros).
    /// </summary>
    private static void RecordMetrics(ReadOnlySpan<byte> json, UsageReport report)
    {
        UsageReading metrics = BedrockMetrics.Read(json);
        bool hasCompleteCounts = report.Usage is { InputTokens: not null, OutputTokens: not null }
            && report.Stage != UsageStage.Incomplete
            && !report.UsageIsAllZero;
        if (hasCompleteCounts)
        {
            report.AddAnomalies(metrics.Anomalies);
        }
        else
        {
            report.RecordUsage(metrics, json, UsageStage.Final);
        }
    }
}
