using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>The runs of OpenAI's Assistants API: an agent works on a thread.</summary>
/// <remarks>
/// A run that is not streamed is answered before it begins. Its record has no counts and needs review, because only a later GET has
/// them. The last event of a streamed run has them, those of its steps included.
/// </remarks>
internal sealed class RunsProvider : UsageProvider
{
    private const string RunObject = "thread.run";

    private static readonly UsageFields Response = new();
    private static readonly UsageField ResponseObject = Response.Add("object");
    private static readonly UsageField ResponseModel = Response.Add("model?");

    public override string Protocol => "openai-runs";

    public override UsageFields ResponseFields => Response;

    // /threads/runs, /threads/{thread}/runs, /threads/{thread}/runs/{run}/submit_tool_outputs
    public override bool Matches(Uri address)
    {
        ReadOnlySpan<char> path = AddressParts.Path(address);
        if (EndsWithSegment(path, "submit_tool_outputs"))
        {
            path = RemoveSegment(RemoveSegment(path));
        }

        if (!EndsWithSegment(path, "runs"))
        {
            return false;
        }

        path = RemoveSegment(path);
        return EndsWithSegment(path, "threads") || EndsWithSegment(RemoveSegment(path), "threads");
    }

    public override UsageEndpoint Describe(Uri address) => OpenAIEndpoint.Describe(address, "invoke_agent");

    public override bool MatchesResponse(UsageDocument document) =>
        document.GetText(ResponseObject) == RunObject && document.Has(ResponseModel);

    public override UsageReader CreateReader() => new Reader();

    private static bool EndsWithSegment(ReadOnlySpan<char> path, string segment) =>
        path[(path.LastIndexOf('/') + 1)..].Equals(segment, StringComparison.OrdinalIgnoreCase);

    private static ReadOnlySpan<char> RemoveSegment(ReadOnlySpan<char> path) => path[..Math.Max(0, path.LastIndexOf('/'))];

    private sealed class Reader() : UsageReader(Event)
    {
        private static readonly UsageFields Event = new();
        private static readonly UsageField ObjectName = Event.Add("object");
        private static readonly UsageField Id = Event.Add("id");
        private static readonly UsageField Model = Event.Add("model");
        private static readonly UsageField Status = Event.Add("status");
        private static readonly UsageField Usage = Event.Add("usage");
        private static readonly UsageField LastError = Event.Add("last_error");
        private static readonly OpenAIErrorFields Errors = new(Event);

        public override ReadOnlySpan<byte> Terminator => OpenAIReport.Terminator;

        public override void Read(UsageDocument document, UsageReport report)
        {
            if (Errors.FindError(document) is { } error)
            {
                report.RecordError(error);
            }

            // Threads, steps and messages have events too. The usage of a step is included in that of its run.
            if (JsonValue.TextEquals(document[ObjectName], RunObject))
            {
                RecordRun(document, report);
            }
        }

        private static void RecordRun(UsageDocument document, UsageReport report)
        {
            report.RecordResponseId(document[Id]);
            report.RecordResponseModel(document[Model]);
            if (ErrorObject.IsReported(document[LastError]))
            {
                report.RecordError(ErrorObject.Read(document[LastError]));
            }

            ReadOnlySpan<byte> status = document[Status];
            bool isRunning = JsonValue.TextEquals(status, "queued") || JsonValue.TextEquals(status, "in_progress")
                || JsonValue.TextEquals(status, "cancelling");
            if (!isRunning && JsonValue.HasText(status))
            {
                report.RecordChoice(status);
            }

            OpenAIReport.RecordUsage(report, document[Usage], isRunning ? UsageStage.Running : UsageStage.Final);
        }
    }
}
