using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>Reads responses of OpenAI's Responses API. A response is the body, or the <c>response</c> member of an event.</summary>
/// <remarks>
/// The status at the end of the response is the finish reason: <c>completed</c>, <c>incomplete</c>, <c>failed</c> or <c>cancelled</c>. The
/// usage excludes images that OpenAI's image tool makes. They are recorded as a separate <see cref="UsageIteration"/> that the total does
/// not include.
/// </remarks>
internal sealed class ResponsesReader() : UsageReader(EventFields)
{
    // The members that are read. "?": only the presence of the value is noted. Errors adds the path "error", so InBody shares its field.
    private static readonly UsageFields EventFields = new();
    private static readonly OpenAIErrorFields Errors = new(EventFields);
    private static readonly UsageField Response = EventFields.Add("response?");
    private static readonly UsageField Copilot = EventFields.Add("copilot_usage", "response.copilot_usage"); // GitHub Copilot
    private static readonly ResponseFields InBody = new(EventFields, prefix: "", Errors.Error);
    private static readonly ResponseFields InEvent = new(EventFields, prefix: "response.", EventFields.Add("response.error"));

    public override ReadOnlySpan<byte> Terminator => DoneTerminator;

    public override void Read(UsageDocument document, UsageReport report)
    {
        ReadOnlySpan<byte> type = document[Errors.TopLevelType];
        if (document.Has(Response))
        {
            bool isDone = RecordResponse(document, InEvent, report);
            bool isLast = type.IsEmpty ? isDone : IsLastEvent(type); // The status decides when the event has no type.
            if (isLast)
            {
                report.RecordEnd();
            }
        }
        else if (JsonValue.TextEquals(type, "error"))
        {
            // OpenAI's specification makes the parts of the error members of the event. Some servers send an error object instead.
            report.RecordError(document[Errors.Error] is [(byte)'{', ..] error ? ErrorReader.Read(error) : Errors.ReadFlatError(document));
        }
        else if (!type.StartsWith("\"response."u8))
        {
            // Not an event, so the document is a body. Events without a response, such as a piece of text, have a type "response.…" and
            // nothing to record.
            RecordResponse(document, InBody, report);
        }
    }

    private static bool IsLastEvent(ReadOnlySpan<byte> type) =>
        JsonValue.TextEquals(type, "response.completed") || JsonValue.TextEquals(type, "response.incomplete")
        || JsonValue.TextEquals(type, "response.failed") || JsonValue.TextEquals(type, "response.cancelled")
        || JsonValue.TextEquals(type, "response.done"); // Proxies in front of ChatGPT's own endpoint (router-for-me/CLIProxyAPI).

    /// <summary>Records the id, model, service tier, finish reason, error and usage of a response.</summary>
    /// <returns>Whether its status says that it has ended.</returns>
    private static bool RecordResponse(UsageDocument document, ResponseFields fields, UsageReport report)
    {
        report.RecordResponseId(document[fields.Id]);
        report.RecordResponseModel(document[fields.Model]);
        report.RecordServiceTier(document[fields.ServiceTier]);

        ReadOnlySpan<byte> status = document[fields.Status];
        bool isRunning = JsonValue.TextEquals(status, "queued") || JsonValue.TextEquals(status, "in_progress");
        bool isDone = !isRunning && status is [(byte)'"', not (byte)'"', ..]; // The status of an error may be a number.
        if (isDone)
        {
            report.RecordChoice(status);
        }

        RecordError(document, fields, report);

        // A compaction has no status, and its counts are final.
        UsageStage stage = isRunning ? UsageStage.Running : UsageStage.Final;
        OpenAIUsageRecorder.TryRecord(report, document[fields.Usage], stage, document.GetCount(fields.WebSearches));
        CopilotUsage.TryRecord(report, document[Copilot], stage);
        RecordImageUsage(document[fields.ImageUsage], report);
        return isDone;
    }

    private static void RecordError(UsageDocument document, ResponseFields fields, UsageReport report)
    {
        ReadOnlySpan<byte> error = document[fields.Error];
        if (ErrorReader.IsReported(error))
        {
            // When the error is a text, its code may be beside it. The document's type is not read: it is that of the event.
            bool isObject = error[0] == (byte)'{';
            report.RecordError(isObject ? ErrorReader.Read(error) : ErrorReader.ReadParts(document[Errors.Code], type: default));
        }
        else if (JsonValue.TextEquals(document[fields.Status], "failed"))
        {
            report.RecordError(new UsageError()); // The server gives no reason.
        }
    }

    /// <summary>Records the usage of OpenAI's image tool. A response without images has zeros there.</summary>
    /// <param name="json">The JSON text of <c>tool_usage.image_gen</c>; empty when the response has none.</param>
    /// <param name="report">Receives the usage.</param>
    private static void RecordImageUsage(ReadOnlySpan<byte> json, UsageReport report)
    {
        UsageReading reading = OpenAIUsage.Read(json);
        report.AddAnomalies(reading.Anomalies);
        if (reading.Usage is not { } usage)
        {
            return;
        }

        // A tool that was not called has only zeros. A tool without input, such as one that takes no prompt, still has its output.
        if (!usage.IsAllZero)
        {
            report.RecordIterations([new UsageIteration { Type = "image_gen", Usage = usage, IsInTotal = false }]);
        }
    }

    /// <summary>The fields of a response. It has the same members in a body and in an event, at different paths.</summary>
    /// <param name="fields">Receives the fields.</param>
    /// <param name="prefix">The path to the response, with a dot at its end; empty when the response is the document itself.</param>
    /// <param name="error">The field of the response's error.</param>
    private sealed class ResponseFields(UsageFields fields, string prefix, UsageField error)
    {
        public UsageField Id { get; } = fields.Add(prefix + "id");

        public UsageField Model { get; } = fields.Add(prefix + "model");

        public UsageField Status { get; } = fields.Add(prefix + "status");

        public UsageField ServiceTier { get; } = fields.Add(prefix + "service_tier");

        public UsageField Error { get; } = error;

        public UsageField Usage { get; } = fields.Add(prefix + "usage");

        public UsageField ImageUsage { get; } = fields.Add(prefix + "tool_usage.image_gen");

        public UsageField WebSearches { get; } = fields.Add(prefix + "tool_usage.web_search.num_requests");
    }
}
