using System.Text.Json;

namespace UsageCapture.Testing.Tests;

/// <summary>Tests the comparison of a usage record with the expectations of a recording.</summary>
public sealed class RecordingComparisonTests
{
    public static TheoryData<string> All => [.. Recordings.Names];

    [Theory]
    [InlineData("""{"status":"exact","usage":{"input_tokens":12,"output_tokens":7}}""", null)]
    [InlineData("{}", null)]
    [InlineData("""{"reasoning":1}""", "reasoning should be 1, but the record has no such member.")]
    [InlineData("""{"reasoning":null}""", "reasoning should be null, but the record has no such member.")]
    [InlineData("""{"usage":{"tokens":{}}}""", "usage.tokens should be {}, but the record has no such member.")]
    [InlineData("""{"usage":{"input_tokens":13}}""", "usage.input_tokens should be 13, but is 12.")]
    [InlineData("""{"usage":{"reasoning_tokens":0}}""", "usage.reasoning_tokens should be 0, but is null.")]
    [InlineData("""{"usage":null}""", "usage should be null, but is {")]
    [InlineData("""{"error":{}}""", "error should be {}, but is null.")]
    [InlineData("""{"finish_reasons":[]}""", "finish_reasons should be [], but is [\"stop\"].")]
    [InlineData("[]", "The record should be [], but is {")]
    public async Task Member_ThatIsExpected_MustBeInTheRecord(string expected, string? difference)
    {
        Recording recording = ChatStream.Create("m").Text("Hello").Finish("stop").Usage(prompt: 12, completion: 7).ToRecording()
            with { Expected = JsonElement.Parse(expected) };

        IReadOnlyList<string> differences = recording.GetDifferences(await Recordings.CaptureAsync(recording));

        if (difference is null)
        {
            Assert.Empty(differences);
        }
        else
        {
            Assert.StartsWith(difference, Assert.Single(differences), StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void EveryRecording_ExpectsAtLeastOneMember(string name) =>
        Assert.NotEmpty(Recordings.Get(name).Expected?.EnumerateObject() ?? default);
}
