using System.Text.Json;

using UsageCapture.Testing;

namespace UsageCapture.Tests.Testing;

/// <summary>
/// What an SDK reports to its caller is what our record says, however the stream is cut; where it is not, the difference has one of the
/// causes that <see cref="SdkGaps"/> lists, found in the bytes, and the record is right all the same.
/// </summary>
public sealed class SdkAgreementTests
{
    /// <summary>Gets the recordings of streams that there is an SDK for.</summary>
    public static TheoryData<string> StreamedRecordings => [.. Recordings.Names.Where(
        name => SdkReaders.ProtocolOf(Recordings.Get(name)) is not null
            && Recordings.Get(name).Request.Body is { } body && body.TryGetProperty("stream", out JsonElement stream) && stream.GetBoolean())];

    public static TheoryData<string> ChatCases => [.. Streams("openai-chat")];

    public static TheoryData<string> ResponsesCases => [.. Streams("openai-responses")];

    public static TheoryData<string> MessagesCases => [.. Streams("anthropic-messages")];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Difference_OfAnyRecording_IsListed()
    {
        string[] found = [.. StreamedRecordings.Select(row => (Name: row.Data, Gaps: SdkReaders.GapsOf(Recordings.Get(row.Data))))
            .Where(recording => recording.Gaps != SdkGaps.None)
            .Select(recording => $"{recording.Name}: {recording.Gaps}")];

        Assert.Equal("", string.Join('\n', found.Except(ListedDifferences.OfRecordings)));
        Assert.Equal("", string.Join('\n', ListedDifferences.OfRecordings.Except(found).Where(line => Recordings.Names.Contains(line.Split(':')[0]))));
    }

    [Theory]
    [MemberData(nameof(StreamedRecordings))]
    public Task Sdk_ReadsARecording_AsTheRecordSays(string name)
    {
        Recording recording = Recordings.Get(name);
        return AssertAgreementAsync(recording, SdkReaders.Of(recording), SdkReaders.GapsOf(recording));
    }

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(ChatCases))]
    public Task OpenAI_ReadsARealChat_AsTheRecordSays(string id) => AssertAgreementAsync(id);

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(ResponsesCases))]
    public Task OpenAI_ReadsARealResponse_AsTheRecordSays(string id) => AssertAgreementAsync(id);

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(MessagesCases))]
    public Task Anthropic_ReadsARealMessage_AsTheRecordSays(string id) => AssertAgreementAsync(id);

    private static IEnumerable<string> Streams(string protocol) =>
        CorpusCase.Ids(protocol).Where(id => id.Contains(".stream.", StringComparison.Ordinal));

    private static IEnumerable<Recording> Cuts(Recording recording)
    {
        yield return recording.InPiecesOf(1);
        yield return recording.CutAtRandom(seed: recording.Body.Length);
        yield return recording.Response.Headers?.ContainsKey("content-encoding") == true ? recording : recording.EventByEvent();
    }

    private static async Task AssertAgreementAsync(string id)
    {
        CorpusCase recorded = CorpusCase.Load(id);
        Recording recording = recorded.ToRecording();
        SdkGaps gaps = SdkReaders.GapsOf(recording);
        SdkReading reported = await AssertAgreementAsync(recording, SdkReaders.Of(recording), gaps);
        if (!recorded.IsSure)
        {
            return;
        }

        SdkReading expected = SdkReading.Of(recorded.Expected);
        Assert.Equal(expected, SdkReading.Of(await Recordings.CaptureAsync(recording)));
        AssertReported(expected, reported, gaps);
    }

    /// <summary>Reads a stream with an SDK, cut in three ways, and holds what it reports against the record.</summary>
    /// <returns>What it reported.</returns>
    private static async Task<SdkReading> AssertAgreementAsync(
        Recording recording, Func<HttpClient, Uri, CancellationToken, Task<SdkReading>> read, SdkGaps gaps)
    {
        SdkReading? first = null;
        UsageRecord whole = await Recordings.CaptureAsync(recording);
        foreach (Recording cut in Cuts(recording.Matching(RequestMatch.Any)))
        {
            var sink = new InMemoryUsageSink();
            using var http = new HttpClient(new Decompression
            {
                InnerHandler = new UsageCaptureHandler(sink) { InnerHandler = new ReplayHandler(cut) },
            });

            SdkReading reported = await read(http, recording.Request.Url, Token);

            Assert.Equal((first ??= reported) with { Failure = null }, reported with { Failure = null });
            AssertRecord(whole, Assert.Single(await sink.WaitForAsync(1, Token)), gaps);
            AssertReported(SdkReading.Of(whole), reported, gaps);
        }

        return first!;
    }

    private static void AssertRecord(UsageRecord whole, UsageRecord record, SdkGaps gaps)
    {
        // Where the SDK stopped before the end, the record may have nothing yet, but nothing else either.
        if (!HasAny(gaps, SdkGaps.Throws | SdkGaps.BehindDone) || record.Status == UsageStatus.Exact)
        {
            Assert.Equal(whole.Usage, record.Usage);
            Assert.Equal(whole.Status, record.Status);
        }
    }

    private static void AssertReported(SdkReading record, SdkReading reported, SdkGaps gaps)
    {
        Assert.Equal(HasAny(gaps, SdkGaps.Throws), reported.Failure is not null);
        if (HasAny(gaps, SdkGaps.Throws))
        {
            return; // What it saw until then is no count of the whole.
        }

        if (HasAny(gaps, SdkGaps.Unseen))
        {
            Assert.False(reported.HasUsage);
            return;
        }

        string[] differences = [.. reported.Differences(record)];
        List<string> explained = [];
        Explain(SdkGaps.CachedElsewhere | SdkGaps.ZeroForNothing, nameof(SdkReading.Cached));
        Explain(SdkGaps.ReasoningElsewhere | SdkGaps.ZeroForNothing, nameof(SdkReading.Reasoning));
        Explain(SdkGaps.ReasoningElsewhere, nameof(SdkReading.Output));
        Explain(SdkGaps.ZerosAtLast, nameof(SdkReading.Input), nameof(SdkReading.Cached), nameof(SdkReading.Output), nameof(SdkReading.Total));
        Assert.Empty(differences.Except(explained));

        void Explain(SdkGaps causes, params string[] counts) => explained.AddRange(HasAny(gaps, causes) ? counts : []);
    }

    private static bool HasAny(SdkGaps gaps, SdkGaps causes) => (gaps & causes) != SdkGaps.None;
}
