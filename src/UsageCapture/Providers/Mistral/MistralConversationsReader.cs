using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>Reads responses of Mistral's Conversations API: a body, or the events of a stream. Only the last event has the usage.</summary>
/// <remarks>
/// The total includes <c>connector_tokens</c>, the tokens of Mistral's own tools. The prompt and completion tokens exclude them. Mistral
/// does not say whether it bills them as input or as output, so this reader does nothing with them: they are only in the total and
/// in the raw usage.
/// </remarks>
internal sealed class MistralConversationsReader() : UsageReader(DocumentFields)
{
    private static readonly UsageFields DocumentFields = new();
    private static readonly UsageField Type = DocumentFields.Add("type");
    private static readonly UsageField Id = DocumentFields.Add("conversation_id"); // The API has no other id.
    private static readonly UsageField Model = DocumentFields.Add("model");
    private static readonly UsageField OutputModel = DocumentFields.Add("outputs[].model");
    private static readonly UsageField Usage = DocumentFields.Add("usage");
    private static readonly UsageField ErrorCode = DocumentFields.Add("code");

    public override ReadOnlySpan<byte> Terminator => DoneTerminator;

    public override void Read(UsageDocument document, UsageReport report)
    {
        report.RecordResponseId(document[Id]);

        // An event names the model at the top, and a body in each output. The first recorded name stays.
        report.RecordResponseModel(document[Model]);
        report.RecordResponseModel(document[OutputModel]);

        OpenAIUsageRecorder.TryRecord(report, document[Usage], UsageStage.Final);
        if (JsonValue.TextEquals(document[Type], "conversation.response.error"))
        {
            // The event has a code and a message, but no error type. The type of the event takes its place.
            report.RecordError(ErrorReader.ReadParts(document[ErrorCode], document[Type]));
            report.RecordEnd();
        }
        else if (JsonValue.TextEquals(document[Type], "conversation.response.done"))
        {
            report.RecordEnd();
        }
    }
}
