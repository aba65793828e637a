using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>The runs of OpenAI's Assistants API. In a run, an assistant works on a thread, which is a list of messages.</summary>
/// <remarks>
/// When a run is not streamed, the server answers before the run begins. The record has no counts and needs review, because only a later
/// GET returns them. When it is streamed, the last event of the run has the counts, which include those of the run's steps.
/// </remarks>
internal sealed class RunsProvider : UsageProvider
{
    // The value of "object" in a run.
    private const string RunObjectName = "thread.run";

    // The members by which a response is recognized. "?": only the presence of the value is noted.
    private static readonly UsageFields RecognitionFields = new();
    private static readonly UsageField ObjectName = RecognitionFields.Add("object");
    private static readonly UsageField Model = RecognitionFields.Add("model?");

    public override string Protocol => "openai-runs";

    public override UsageFields ResponseFields => RecognitionFields;

    internal override string[] InputMembers => ["assistant_id", "tool_outputs"];

    // Matches /threads/runs, /threads/{thread}/runs and /threads/{thread}/runs/{run}/submit_tool_outputs.
    public override bool Matches(Uri address)
    {
        ReadOnlySpan<char> path = AddressParts.GetPath(address);
        if (EndsWithSegment(path, "submit_tool_outputs"))
        {
            path = RemoveLastSegment(path); // The action.
            path = RemoveLastSegment(path); // The run's id.
        }

        if (!EndsWithSegment(path, "runs"))
        {
            return false;
        }

        // The thread's id may be between the two segments.
        path = RemoveLastSegment(path);
        return EndsWithSegment(path, "threads") || EndsWithSegment(RemoveLastSegment(path), "threads");
    }

    public override UsageEndpoint Describe(Uri address) => OpenAIEndpoint.Describe(address, "invoke_agent");

    public override bool MatchesResponse(UsageDocument document) =>
        document.GetText(ObjectName) == RunObjectName && document.Has(Model);

    public override UsageReader CreateReader() => new Reader();

    private static bool EndsWithSegment(ReadOnlySpan<char> path, string segment) =>
        path[(path.LastIndexOf('/') + 1)..].Equals(segment, StringComparison.OrdinalIgnoreCase);

    private static ReadOnlySpan<char> RemoveLastSegment(ReadOnlySpan<char> path) => path[..Math.Max(0, path.LastIndexOf('/'))];

    private sealed class Reader() : UsageReader(EventFields)
    {
        private static readonly UsageFields EventFields = new();
        private static readonly UsageField ObjectName = EventFields.Add("object");
        private static readonly UsageField Id = EventFields.Add("id");
        private static readonly UsageField Model = EventFields.Add("model");
        private static readonly UsageField Status = EventFields.Add("status");
        private static readonly UsageField Usage = EventFields.Add("usage");
        private static readonly UsageField LastError = EventFields.Add("last_error");
        private static readonly OpenAIErrorFields Errors = new(EventFields);

        public override ReadOnlySpan<byte> Terminator => DoneTerminator;

        public override void Read(UsageDocument document, UsageReport report)
        {
            if (Errors.FindError(document) is { } error)
            {
                report.RecordError(error);
            }

            // Events of threads, steps and messages are ignored. The usage of a run includes that of its steps.
            if (JsonValue.TextEquals(document[ObjectName], RunObjectName))
            {
                RecordRun(document, report);
            }
        }

        private static void RecordRun(UsageDocument document, UsageReport report)
        {
            report.RecordResponseId(document[Id]);
            report.RecordResponseModel(document[Model]);
            if (ErrorReader.IsReported(document[LastError]))
            {
                report.RecordError(ErrorReader.Read(document[LastError]));
            }

            ReadOnlySpan<byte> status = document[Status];
            // A run that waits for tool outputs (requires_action) is not unfinished here, because the response ends with it.
            bool isUnfinished = JsonValue.TextEquals(status, "queued") || JsonValue.TextEquals(status, "in_progress")
                || JsonValue.TextEquals(status, "cancelling");

            // A run has no choices, so its last status is recorded as the finish reason.
            if (!isUnfinished && status is [(byte)'"', not (byte)'"', ..])
            {
                report.RecordChoice(status);
            }

            OpenAIUsageRecorder.TryRecord(report, document[Usage], isUnfinished ? UsageStage.Running : UsageStage.Final);
        }
    }
}
