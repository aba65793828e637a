using System.Text.Json;

namespace UsageCapture.Testing.Tests.SdkAgreement;

/// <summary>
/// Tests that usage records agree with the counts that the SDKs report, in any chunks. Each difference must have one of the reasons of
/// <see cref="SdkDifferences"/>, which is found in the bytes.
/// </summary>
public sealed class SdkAgreementTests
{
    /// <summary>Gets the names of the recorded streams that an SDK can read.</summary>
    public static TheoryData<string> StreamedRecordings => [.. Recordings.Names.Where(
        name => SdkSelector.GetProtocol(Recordings.Get(name)) is not null
            && Recordings.Get(name).Request.Body is { } body && body.TryGetProperty("stream", out JsonElement stream) && stream.GetBoolean())];

    public static TheoryData<string> ChatCases => [.. GetStreamIds("openai-chat")];

    public static TheoryData<string> ResponsesCases => [.. GetStreamIds("openai-responses")];

    public static TheoryData<string> MessagesCases => [.. GetStreamIds("anthropic-messages")];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void DifferencesOfAllRecordings_AreKnown()
    {
        string[] found = [.. StreamedRecordings.Select(row => (Name: row.Data, Reasons: SdkSelector.FindDifferences(Recordings.Get(row.Data))))
            .Where(recording => recording.Reasons != SdkDifferences.None)
            .Select(recording => $"{recording.Name}: {recording.Reasons}")];

        Assert.Empty(found.Except(KnownSdkDifferences.ForRecordings));
        Assert.Equal("", string.Join('\n', KnownSdkDifferences.ForRecordings.Except(found).Where(line => Recordings.Names.Contains(line.Split(':')[0]))));
    }

    [Theory]
    [MemberData(nameof(StreamedRecordings))]
    public Task Sdk_ReadingARecording_AgreesWithTheRecord(string name)
    {
        Recording recording = Recordings.Get(name);
        return AssertAgreementAsync(recording, SdkSelector.GetReader(recording), SdkSelector.FindDifferences(recording));
    }

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(ChatCases))]
    public Task OpenAISdk_ReadingARealChat_AgreesWithTheRecord(string id) => AssertAgreementAsync(id);

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(ResponsesCases))]
    public Task OpenAISdk_ReadingARealResponse_AgreesWithTheRecord(string id) => AssertAgreementAsync(id);

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(MessagesCases))]
    public Task AnthropicSdk_ReadingARealMessage_AgreesWithTheRecord(string id) => AssertAgreementAsync(id);

    private static IEnumerable<string> GetStreamIds(string protocol) =>
        CorpusCase.Ids(protocol).Where(id => id.Contains(".stream.", StringComparison.Ordinal));

    private static IEnumerable<Recording> CreateCuts(Recording recording)
    {
        yield return recording.InChunksOf(1);
        yield return recording.InRandomChunks(seed: recording.Body.Length);
        yield return recording.Response.Headers?.ContainsKey("content-encoding") == true ? recording : recording.InChunksByEvent();
    }

    private static async Task AssertAgreementAsync(string id)
    {
        CorpusCase recorded = CorpusCase.Load(id);
        Recording recording = recorded.ToRecording();
        SdkDifferences reasons = SdkSelector.FindDifferences(recording);
        ReportedUsage reported = await AssertAgreementAsync(recording, SdkSelector.GetReader(recording), reasons);
        if (!recorded.IsSure)
        {
            return;
        }

        ReportedUsage expected = ReportedUsage.FromExpected(recorded.Expected);
        Assert.Equal(expected, ReportedUsage.FromRecord(await Recordings.CaptureAsync(recording)));
        AssertReported(expected, reported, reasons);
    }

    /// <summary>Reads a stream with an SDK, in three divisions into chunks, and compares the reported counts with the usage record.</summary>
    /// <returns>The counts that the SDK reported.</returns>
    private static async Task<ReportedUsage> AssertAgreementAsync(
        Recording recording, Func<HttpClient, Uri, CancellationToken, Task<ReportedUsage>> read, SdkDifferences reasons)
    {
        ReportedUsage? first = null;
        UsageRecord whole = await Recordings.CaptureAsync(recording);
        foreach (Recording cut in CreateCuts(recording.WithMatch(RequestMatch.Any)))
        {
            var sink = new InMemoryUsageSink();
            using var http = new HttpClient(new DecompressionHandler
            {
                InnerHandler = new UsageCaptureHandler(sink) { InnerHandler = new ReplayHandler(cut) },
            });

            ReportedUsage reported = await read(http, recording.Request.Url, Token);

            Assert.Equal((first ??= reported) with { Failure = null }, reported with { Failure = null });
            AssertRecord(whole, Assert.Single(await sink.WaitForAsync(1, Token)), reasons);
            AssertReported(ReportedUsage.FromRecord(whole), reported, reasons);
        }

        return first!;
    }

    private static void AssertRecord(UsageRecord whole, UsageRecord record, SdkDifferences reasons)
    {
        // If the SDK stops before the end, the record can lack usage, but it must not have other counts.
        if (!HasAny(reasons, SdkDifferences.Throws | SdkDifferences.AfterDone) || record.Status == UsageStatus.Exact)
        {
            Assert.Equal(whole.Usage, record.Usage);
            Assert.Equal(whole.Status, record.Status);
        }
    }

    private static void AssertReported(ReportedUsage record, ReportedUsage reported, SdkDifferences reasons)
    {
        Assert.Equal(HasAny(reasons, SdkDifferences.Throws), reported.Failure is not null);
        if (HasAny(reasons, SdkDifferences.Throws))
        {
            return; // The SDK saw a part of the stream only.
        }

        if (HasAny(reasons, SdkDifferences.Unseen))
        {
            Assert.False(reported.HasUsage);
            return;
        }

        string[] differences = [.. reported.GetDifferences(record)];
        List<string> explained = [];
        Explain(SdkDifferences.CachedElsewhere | SdkDifferences.ZeroForMissing, nameof(ReportedUsage.Cached));
        Explain(SdkDifferences.ReasoningElsewhere | SdkDifferences.ZeroForMissing, nameof(ReportedUsage.Reasoning));
        Explain(SdkDifferences.ReasoningElsewhere, nameof(ReportedUsage.Output));
        Explain(SdkDifferences.ZerosAfterCounts, nameof(ReportedUsage.Input), nameof(ReportedUsage.Cached), nameof(ReportedUsage.Output), nameof(ReportedUsage.Total));
        Assert.Empty(differences.Except(explained));

        void Explain(SdkDifferences anyOf, params string[] counts) => explained.AddRange(HasAny(reasons, anyOf) ? counts : []);
    }

    private static bool HasAny(SdkDifferences reasons, SdkDifferences anyOf) => (reasons & anyOf) != SdkDifferences.None;
}
