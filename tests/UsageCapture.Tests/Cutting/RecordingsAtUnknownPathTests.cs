using UsageCapture.Testing;

namespace UsageCapture.Tests.Cutting;

/// <summary>A recording at an unknown path gives the same record, or none, and the same bytes in every cut.</summary>
public sealed class RecordingsAtUnknownPathTests
{
    // A third of the recordings is shorter.
    private const int MaxLengthForEveryPlace = 350;

    public static TheoryData<string> All => [.. Recordings.Names];

    [Theory]
    [MemberData(nameof(All))]
    public async Task Recording_InEveryCut_GivesTheSameRecordOrNone(string name)
    {
        Recording recording = UnknownPath.Of(Recordings.Get(name));
        CutBody body = await CutBody.OpenAsync(recording);

        await body.AssertSameAsync(CutPlans.Of(recording.Body.Length, MaxLengthForEveryPlace));
    }
}
