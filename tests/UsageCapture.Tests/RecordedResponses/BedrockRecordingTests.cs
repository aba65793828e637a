namespace UsageCapture.Tests.RecordedResponses;

/// <summary>The recorded event streams are what their source says.</summary>
/// <remarks>After a change of the source, run this with <c>USAGECAPTURE_RECORDINGS</c> set to the folder of the recordings to write them anew.</remarks>
public sealed class BedrockRecordingTests
{
    private static readonly string? Folder = Environment.GetEnvironmentVariable("USAGECAPTURE_RECORDINGS");

    public static TheoryData<string> All => [.. BedrockStreams.Names];

    [Theory]
    [MemberData(nameof(All))]
    public async Task EventStream_AmongTheRecordings_IsMadeOfItsEvents(string name)
    {
        byte[] body = BedrockStreams.Get(name);
        if (Folder is not null)
        {
            await File.WriteAllBytesAsync(Path.Combine(Folder, name + ".body"), body, TestContext.Current.CancellationToken);
        }
        else
        {
            Assert.Equal(body, Recordings.Get(name).Body.ToArray());
        }
    }
}
