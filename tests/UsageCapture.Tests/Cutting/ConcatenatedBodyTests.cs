using UsageCapture.Testing;

namespace UsageCapture.Tests.Cutting;

/// <summary>A recording that another one of the same framing follows in one body gives the same record and the same bytes in every cut.</summary>
public sealed class ConcatenatedBodyTests
{
    // An event that a cut damages begins or ends within this distance of the seam.
    private const int SeamDistance = 40;

    // The first of each pair decides the address and the headers. Those marked true end by themselves, with usage.
    private static readonly (string Framing, (string Name, bool EndsWithUsage)[] Recordings)[] Groups =
    [
        ("events", [
            ("openai-stream-trailing-usage", true), ("openai-stream-no-usage", false), ("openai-stream-usage-after-done", true),
            ("openai-stream-no-done", false), ("openai-stream-asked-by-handler", true), ("anthropic-stream-cached", true),
            ("openai-responses-stream-cache-write", true), ("openai-responses-stream-incomplete", true), ("gemini-stream", false), ("cohere-stream", true),
            ("openai-completions-stream-asked-by-handler", true), ("mistral-conversation-stream-connector", false), ("openai-stream-inline-error", false)]),
        ("JSON", [
            ("openai-json", true), ("anthropic-json", true), ("openai-responses-json-image-tool", true), ("gemini-stream-array", true),
            ("gemini-json-modalities", true), ("bedrock-converse-json", true), ("openai-embeddings", true), ("cohere-json-image", true),
            ("ollama-json", true), ("ollama-stream-as-json", true), ("cohere-v1-stream-as-json", true), ("openai-json-no-usage", false)]),
        ("lines", [("ollama-stream", true), ("cohere-v1-stream", true), ("ollama-stream-error", false), ("ollama-stream-cut-off", false)]),
        ("event stream", [
            ("bedrock-converse-stream", true), ("bedrock-converse-stream-exception", false), ("bedrock-invoke-anthropic-stream", false),
            ("bedrock-invoke-titan-stream", false), ("bedrock-converse-stream-damaged-event", false)]),
    ];

    public static TheoryData<string, string> Pairs
    {
        get
        {
            var pairs = new TheoryData<string, string>();
            foreach ((_, (string Name, bool EndsWithUsage)[] recordings) in Groups)
            {
                foreach ((string first, _) in recordings)
                {
                    foreach ((string second, _) in recordings)
                    {
                        pairs.Add(first, second);
                    }
                }
            }

            return pairs;
        }
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task Recording_WithAnotherBehindIt_GivesTheSameRecordAndBytes(string first, string second)
    {
        (Recording both, IEnumerable<Cuts> cuts) = Join(first, second);
        CutBody body = await CutBody.OpenAsync(both);

        await body.AssertSameAsync(cuts);
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task Recording_WithAnotherBehindItAndUsageHidden_GivesTheSameRecordAndBytes(string first, string second)
    {
        (Recording both, IEnumerable<Cuts> cuts) = Join(first, second);
        if (await CutBody.OpenHiddenAsync(both) is { } body)
        {
            await body.AssertSameAsync(cuts);
        }
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task Recordings_InTwoGzipMembers_GiveTheRecordOfThePlainBody(string first, string second)
    {
        (Recording both, _) = Join(first, second);

        await CompressedBody.AssertSameAsync(both, Recordings.Get(first).Body.Length, maxLengthForEveryPlace: 0, randomCount: 10);
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task Recording_BehindOneThatEndedWithUsage_DoesNotChangeTheRecord(string first, string second)
    {
        if (!Array.Exists(Groups, group => Array.Exists(group.Recordings, recording => recording == (first, true))))
        {
            return;
        }

        (Recording both, _) = Join(first, second);
        CapturedExchange alone = await CapturedExchange.RunAsync(Recordings.Get(first), Cuts.None);

        CapturedExchange whole = await CapturedExchange.RunAsync(both, Cuts.None);

        string difference = whole.RecordDifferenceFrom(alone);
        Assert.True(difference.Length == 0, $"'{second}' changes the record of '{first}' before it.{difference}");
    }

    private static (Recording Both, IEnumerable<Cuts> Cuts) Join(string first, string second)
    {
        Recording start = Recordings.Get(first);
        byte[] body = [.. start.Body.Span, .. Recordings.Get(second).Body.Span];
        int seam = start.Body.Length;
        return (
            start.WithBody(body) with { Name = $"{first}, then {second}" },
            [.. CutPlans.PieceLengths, .. CutPlans.Random(body.Length, count: 20), .. CutPlans.Near(seam, SeamDistance, body.Length)]);
    }
}
