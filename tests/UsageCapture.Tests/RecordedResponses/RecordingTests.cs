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

    [Fact]
    public void Recording_WithoutBody_SaysWhichFileIsMissing()
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory("recording").FullName, "lonely.json");
        File.WriteAllText(path, "{}");

        FileNotFoundException exception = Assert.Throws<FileNotFoundException>(() => RecordingFiles.Load(path));

        Assert.Contains("lonely.json' has no body", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"schema_version":1,"request":{"url":"https://a.example/"},"response":{},"expcted":{}}""", "expcted")]
    [InlineData("""{"schema_version":9,"request":{"url":"https://a.example/"},"response":{}}""", "schema_version 9")]
    [InlineData("""{"schema_version":1""", "cannot be read")]
    public void Recording_WithASidecarThatIsNotKnown_SaysWhy(string sidecar, string expected)
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory("recording").FullName, "odd.json");
        File.WriteAllText(path, sidecar);
        File.WriteAllText(Path.ChangeExtension(path, ".sse"), "");

        InvalidDataException exception = Assert.Throws<InvalidDataException>(() => RecordingFiles.Load(path));

        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
    }
}
