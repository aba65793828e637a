using UsageCapture.Testing;

namespace UsageCapture.Tests.Cutting;

/// <summary>Bodies that go on after the end of their protocol give the same record and the same bytes in every cut.</summary>
public sealed class NamedBodyTests
{
    // All of them are shorter.
    private const int MaxLengthForEveryPlace = 8000;

    private static readonly Dictionary<string, NamedBody> Bodies =
        ChatBodies.All.Concat(EventBodies.All).Concat(JsonBodies.All).Concat(EventStreamBodies.All).ToDictionary(body => body.Name);

    public static TheoryData<string> All => [.. Bodies.Keys];

    public static TheoryData<string> Ended => [.. Bodies.Values.Where(body => body.Input is not null).Select(body => body.Name)];

    [Theory]
    [MemberData(nameof(All))]
    public async Task Body_InEveryCut_GivesTheSameRecordAndBytes(string name)
    {
        Recording recording = Bodies[name].Recording;
        CutBody body = await CutBody.OpenAsync(recording);

        await body.AssertSameAsync(CutPlans.Of(recording.Body.Length, MaxLengthForEveryPlace));
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Body_WithUsageHidden_GivesTheSameRecordAndBytes(string name)
    {
        Recording recording = Bodies[name].Recording;
        if (await CutBody.OpenHiddenAsync(recording) is { } body)
        {
            await body.AssertSameAsync(CutPlans.Of(recording.Body.Length, MaxLengthForEveryPlace));
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Body_InOneOrTwoGzipMembers_GivesTheRecordOfThePlainBody(string name)
    {
        NamedBody body = Bodies[name];

        await CompressedBody.AssertSameAsync(body.Recording, body.Settled, maxLengthForEveryPlace: 250, randomCount: 40);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Body_ReadInAnyWay_GivesTheSameRecordAndBytes(string name)
    {
        Recording recording = Bodies[name].Recording;
        CutBody body = await CutBody.OpenAsync(recording);
        CutBody? hidden = await CutBody.OpenHiddenAsync(recording);
        Cuts[] cuts = [Cuts.None, .. CutPlans.PieceLengths, .. CutPlans.Random(recording.Body.Length, count: 20)];

        foreach (ReadKind kind in Enum.GetValues<ReadKind>())
        {
            await body.AssertSameAsync(kind, cuts);
            if (hidden is not null)
            {
                await hidden.AssertSameAsync(kind, cuts);
            }
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Body_AtAnUnknownPath_GivesTheSameRecordAndBytes(string name)
    {
        Recording recording = UnknownPath.Of(Bodies[name].Recording);
        CutBody body = await CutBody.OpenAsync(recording);

        await body.AssertSameAsync(CutPlans.Of(recording.Body.Length, MaxLengthForEveryPlace));
    }

    [Theory]
    [MemberData(nameof(Ended))]
    public async Task Bytes_BehindTheEndWithUsage_DoNotChangeTheRecord(string name)
    {
        NamedBody body = Bodies[name];
        CapturedExchange settled = await CapturedExchange.RunAsync(body.SettledRecording, Cuts.None);

        CapturedExchange whole = await CapturedExchange.RunAsync(body.Recording, Cuts.None);

        string difference = whole.RecordDifferenceFrom(settled);
        Assert.True(difference.Length == 0, $"The bytes behind offset {body.Settled} change the record of '{body.Name}'.{difference}");
    }

    [Theory]
    [MemberData(nameof(Ended))]
    public async Task Record_OfABodyThatGoesOnAfterItsEnd_HasTheFirstUsage(string name)
    {
        NamedBody body = Bodies[name];

        UsageRecord record = await CapturedExchange.CaptureAsync(body.Recording);

        Assert.Equal((body.Input, UsageStatus.Exact), (record.Usage?.InputTokens, record.Status));
        Assert.Equal(body.Anomalies ?? record.Anomalies, record.Anomalies);
    }

    [Theory]
    [MemberData(nameof(Ended))]
    public async Task Bytes_BehindTheEndAtAnUnknownPath_DoNotChangeTheRecord(string name)
    {
        NamedBody body = Bodies[name];
        CapturedExchange settled = await CapturedExchange.RunAsync(UnknownPath.Of(body.SettledRecording), Cuts.None);

        CapturedExchange whole = await CapturedExchange.RunAsync(UnknownPath.Of(body.Recording), Cuts.None);

        // Where the first document does not tell the protocol, a later one may.
        string difference = settled.Record == CapturedExchange.NoRecord ? "" : whole.RecordDifferenceFrom(settled);
        Assert.True(difference.Length == 0, $"The bytes behind offset {body.Settled} change the record of '{body.Name}' at an unknown path.{difference}");
    }
}
