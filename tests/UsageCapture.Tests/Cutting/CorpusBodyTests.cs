using UsageCapture.Testing;

namespace UsageCapture.Tests.Cutting;

/// <summary>A response of a real service gives the same record and the same bytes in every cut, plain and compressed.</summary>
public sealed class CorpusBodyTests
{
    // Few are shorter. The others are read in pieces of all lengths and in random ones.
    private const int MaxLengthForEveryPlace = 700;

    // Compressing the largest ones takes more time than it is worth.
    private const int MaxLengthToCompress = 8_000;

    public static TheoryData<string> All => [.. CorpusCase.Ids("*")];

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(All))]
    public async Task Response_InEveryCut_GivesTheSameRecordAndBytes(string id)
    {
        Recording recording = CorpusCase.Load(id).ToRecording();
        CutBody body = await CutBody.OpenAsync(recording);

        await body.AssertSameAsync(CutPlans.Of(recording.Body.Length, MaxLengthForEveryPlace));
    }

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(All))]
    public async Task Response_WithUsageHidden_GivesTheSameRecordAndBytes(string id)
    {
        Recording recording = CorpusCase.Load(id).ToRecording();
        if (await CutBody.OpenHiddenAsync(recording) is { } body)
        {
            await body.AssertSameAsync(CutPlans.Of(recording.Body.Length, MaxLengthForEveryPlace, randomCount: 10));
        }
    }

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(All))]
    public async Task Response_InOneOrTwoGzipMembers_GivesTheRecordOfThePlainBody(string id)
    {
        Recording recording = CorpusCase.Load(id).ToRecording();
        if (!Gzip.IsEncoded(recording) && recording.Body.Length <= MaxLengthToCompress)
        {
            await CompressedBody.AssertSameAsync(recording, recording.Body.Length / 2, maxLengthForEveryPlace: 0, randomCount: 10);
        }
    }
}
