using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>The runs of OpenAI's Assistants: an agent at work on a thread.</summary>
/// <remarks>
/// A run that is not streamed is answered before it begins: the record has no counts and needs review, for only a later GET would tell
/// them. Of a streamed run the last event has them, those of its steps included.
/// </remarks>
internal sealed class RunsProvider : UsageProvider
{
    public override string Protocol => "openai-runs";

    // /threads/runs, /threads/{thread}/runs, /threads/{thread}/runs/{run}/submit_tool_outputs
    public override bool Matches(Uri address)
    {
        ReadOnlySpan<char> path = AddressParts.Path(address);
        if (TakeSegment(ref path, out ReadOnlySpan<char> last) && Is(last, "submit_tool_outputs"))
        {
            TakeSegment(ref path, out _);
            TakeSegment(ref path, out last);
        }

        return Is(last, "runs") && TakeSegment(ref path, out last)
            && (Is(last, "threads") || (TakeSegment(ref path, out last) && Is(last, "threads")));
    }

    public override UsageEndpoint Describe(Uri address) => OpenAIEndpoint.Describe(address, "invoke_agent");

    public override UsageReader CreateReader() => new Reader();

    private static bool Is(ReadOnlySpan<char> segment, string name) => segment.Equals(name, StringComparison.OrdinalIgnoreCase);

    /// <summary>Takes the last segment off a path.</summary>
    private static bool TakeSegment(ref ReadOnlySpan<char> path, out ReadOnlySpan<char> segment)
    {
        int slash = path.LastIndexOf('/');
        segment = slash < 0 ? default : path[(slash + 1)..];
        path = slash < 0 ? default : path[..slash];
        return slash >= 0;
    }

    private sealed class Reader() : OpenAIReader(Fields)
    {
        private static readonly UsageFields Fields =
            new("object", "id", "model", "status", "usage", "last_error", "error", "code", "type", "param");

        protected override void Read(UsageDocument document)
        {
            TakeError(document["error"], document["code"], document["type"], document["param"]);

            // Threads, steps and messages come as events too, and the usage of steps is part of their run's.
            if (!JsonValue.TextEquals(document["object"], "thread.run"))
            {
                return;
            }

            TakeResponseId(document["id"]);
            TakeResponseModel(document["model"]);
            TakeError(document["last_error"], code: default);
            ReadOnlySpan<byte> status = document["status"];
            bool isUnderWay = JsonValue.TextEquals(status, "queued") || JsonValue.TextEquals(status, "in_progress")
                || JsonValue.TextEquals(status, "cancelling");
            if (!isUnderWay && JsonValue.HasText(status))
            {
                TakeFinishReason(status);
            }

            TakeUsage(document["usage"], isFinal: !isUnderWay);
        }
    }
}
