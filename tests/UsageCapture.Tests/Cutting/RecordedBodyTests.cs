using UsageCapture.Testing;

namespace UsageCapture.Tests.Cutting;

/// <summary>A recording gives the same record and the same bytes in every cut, plain and compressed.</summary>
public sealed class RecordedBodyTests
{
    // More than half of the recordings are shorter.
    private const int MaxLengthForEveryPlace = 600;

    public static TheoryData<string> All => [.. Recordings.Names];

    public static TheoryData<string> Plain => [.. Recordings.Names.Where(name => !Gzip.IsEncoded(Recordings.Get(name)))];

    [Theory]
    [MemberData(nameof(All))]
    public async Task Recording_InEveryCut_GivesTheSameRecordAndBytes(string name)
    {
        Recording recording = Recordings.Get(name);
        CutBody body = await CutBody.OpenAsync(recording);

        await body.AssertSameAsync(CutPlans.Of(recording.Body.Length, MaxLengthForEveryPlace));
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Recording_WithUsageHidden_GivesTheSameRecordAndBytes(string name)
    {
        Recording recording = Recordings.Get(name);
        if (await CutBody.OpenHiddenAsync(recording) is { } body)
        {
            await body.AssertSameAsync(CutPlans.Of(recording.Body.Length, MaxLengthForEveryPlace));
        }
    }

    [Theory]
    [MemberData(nameof(Plain))]
    public async Task Recording_InOneOrTwoGzipMembers_GivesTheRecordOfThePlainBody(string name) =>
        await CompressedBody.AssertSameAsync(Recordings.Get(name), Recordings.Get(name).Body.Length / 2, maxLengthForEveryPlace: 100, randomCount: 10);
}
