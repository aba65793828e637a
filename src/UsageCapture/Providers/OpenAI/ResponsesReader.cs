using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>Reads responses of OpenAI's Responses API. A response is the body, or the <c>response</c> member of an event.</summary>
/// <remarks>
/// The finish reason is the last status of the response: <c>completed</c>, <c>incomplete</c>, <c>failed</c> or <c>cancelled</c>. The
/// usage leaves out images that the hosted tool makes, so they are recorded as an iteration outside the total.
/// </remarks>
internal sealed class ResponsesReader() : UsageReader(Event)
{
    private static readonly UsageFields Event = new();
    private static readonly OpenAIErrorFields Errors = new(Event);
    private static readonly UsageField Response = Event.Add("response?");
    private static readonly ResponseMembers InBody = new(Event, prefix: "", Errors.Error);
    private static readonly ResponseMembers InEvent = new(Event, prefix: "response.", Event.Add("response.error"));

    public override ReadOnlySpan<byte> Terminator => OpenAIReport.Terminator;

    public override void Read(UsageDocument document, UsageReport report)
    {
        ReadOnlySpan<byte> type = document[Errors.Type];
        if (document.Has(Response))
        {
            bool isDone = RecordResponse(document, InEvent, report);
            if (type.IsEmpty ? isDone : IsLastEvent(type))
            {
                report.RecordEnd();
            }
        }
        else if (JsonValue.TextEquals(type, "error"))
        {
            // By the specification the parts of the error are members of the event. Some servers send an error object.
            report.RecordError(document[Errors.Error] is [(byte)'{', ..] error ? ErrorObject.Read(error) : Errors.ReadFlatError(document));
        }
        else if (!type.StartsWith("\"response."u8))
        {
            // No event of a part of a response, so the document is the response itself.
            RecordResponse(document, InBody, report);
        }
    }

    private static bool IsLastEvent(ReadOnlySpan<byte> type) =>
        JsonValue.TextEquals(type, "response.completed") || JsonValue.TextEquals(type, "response.incomplete")
        || JsonValue.TextEquals(type, "response.failed") || JsonValue.TextEquals(type, "response.cancelled")
        || JsonValue.TextEquals(type, "response.done"); // Proxies in front of ChatGPT's own endpoint (router-for-me/CLIProxyAPI).

    /// <summary>Records what a response says.</summary>
    /// <returns>Whether its status is a last one.</returns>
    private static bool RecordResponse(UsageDocument document, ResponseMembers members, UsageReport report)
    {
        report.RecordResponseId(document[members.Id]);
        report.RecordResponseModel(document[members.Model]);
        report.RecordServiceTier(document[members.ServiceTier]);

        ReadOnlySpan<byte> status = document[members.Status];
        bool isRunning = JsonValue.TextEquals(status, "queued") || JsonValue.TextEquals(status, "in_progress");
        bool isDone = !isRunning && JsonValue.HasText(status);
        if (isDone)
        {
            report.RecordChoice(status);
        }

        RecordError(document, members, report);
        OpenAIReport.RecordUsage(
            report, document[members.Usage], isRunning ? UsageStage.Running : UsageStage.Final, document.GetCount(members.WebSearches));
        RecordImageUsage(document[members.ImageUsage], report);
        return isDone;
    }

    private static void RecordError(UsageDocument document, ResponseMembers members, UsageReport report)
    {
        ReadOnlySpan<byte> error = document[members.Error];
        if (ErrorObject.IsReported(error))
        {
            report.RecordError(error[0] == (byte)'{' ? ErrorObject.Read(error) : ErrorObject.FromMembers(document[Errors.Code], type: default));
        }
        else if (JsonValue.TextEquals(document[members.Status], "failed"))
        {
            report.RecordError(new UsageError());
        }
    }

    /// <summary>Records what the hosted image tool used. A response without images has zeros there.</summary>
    private static void RecordImageUsage(ReadOnlySpan<byte> json, UsageReport report)
    {
        UsageReading reading = OpenAIUsage.Read(json);
        report.AddAnomalies(reading.Anomalies);
        if (reading.Usage is { } usage && (usage.Anomalies & UsageAnomalies.AllZeroUsage) == UsageAnomalies.None)
        {
            report.RecordIterations([new UsageIteration { Type = "image_gen", Usage = usage, IsInTotal = false }]);
            report.AddAnomalies(UsageAnomalies.IterationsOutsideTotal);
        }
    }

    /// <summary>The fields of a response, which has the same members in a body and in an event.</summary>
    private sealed class ResponseMembers(UsageFields fields, string prefix, UsageField error)
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
