using System.Net.Http.Headers;

using Microsoft.Extensions.Logging.Abstractions;

using UsageCapture.Providers;
using UsageCapture.Recognition;
using UsageCapture.Testing;

namespace UsageCapture.Tests.Oracle;

/// <summary>However a recording is cut, it says what the oracle reads in it.</summary>
public sealed class RecordingCutTests
{
    // Every pair of places in a body is as many decodings as half its length squared.
    private const int MaxLengthForPairs = 512;

    public static TheoryData<string> All => [.. Recordings.Names];

    public static TheoryData<string> Small => [.. Recordings.Names.Where(name => Recordings.Get(name).Body.Length <= MaxLengthForPairs)];

    [Fact]
    public void Oracle_OfAllRecordings_ReadsWhatIsNeitherDamagedNorForeign() => Assert.Equal(
        ["openai-stream-damaged-gzip", "openai-stream-unknown-coding", "proxy-empty", "proxy-html", "proxy-rejected-html"],
        Recordings.Names.Where(name => Find(Recordings.Get(name)) is ChatCompletionsProvider && !Open(name).IsReadable));

    [Theory]
    [MemberData(nameof(All))]
    public void Recording_InPiecesOfAnyLength_SaysTheSame(string name) => Open(name).AssertSameInPiecesOfAnyLength();

    [Theory]
    [MemberData(nameof(All))]
    public void Recording_InTwoPieces_SaysTheSame(string name) => Open(name).AssertSameInTwoPieces();

    [Theory]
    [MemberData(nameof(Small))]
    public void SmallRecording_InThreePieces_SaysTheSame(string name) => Open(name).AssertSameInThreePieces(MaxLengthForPairs);

    [Theory]
    [MemberData(nameof(All))]
    public void Recording_WithAShortMiddlePiece_SaysTheSame(string name) => Open(name).AssertSameInThreePieces(16);

    private static UsageProvider Find(Recording recording) => new ProviderRegistry(new UsageCaptureOptions(), NullLogger.Instance).FindByAddress(recording.Request.Url)!;

    private static KnownBody Open(string name)
    {
        Recording recording = Recordings.Get(name);
        using HttpResponseMessage response = recording.CreateResponse();
        HttpContentHeaders headers = response.Content.Headers;
        byte[] body = recording.Body.ToArray();
        return new KnownBody(
            body, Find(recording), headers.ContentType?.MediaType, [.. headers.ContentEncoding], ContentCoding.Undo(body, headers.ContentEncoding));
    }
}
