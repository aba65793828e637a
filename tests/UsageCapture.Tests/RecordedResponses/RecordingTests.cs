using UsageCapture.Testing;

namespace UsageCapture.Tests.RecordedResponses;

/// <summary>Every recording yields the record that is written down beside it.</summary>
public sealed class RecordingTests
{
    public static TheoryData<string> All => [.. Recordings.Names];

    [Theory]
    [MemberData(nameof(All))]
    public async Task Recording_ReadToItsEnd_YieldsTheExpectedRecord(string name)
    {
        UsageRecord record = await Recordings.CaptureAsync(name);

        Assert.Empty(Recordings.Get(name).GetDifferences(record));
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Record_OfAnyRecording_HoldsNoContent(string name)
    {
        UsageRecord record = await Recordings.CaptureAsync(name);

        Assert.DoesNotContain("Hello", record.ToJson(), StringComparison.Ordinal);
        Assert.DoesNotContain("secret", record.ToJson(), StringComparison.Ordinal);
    }
}
