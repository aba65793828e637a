using System.Net.Http.Headers;
using UsageCapture.Testing;

namespace UsageCapture.Tests.Oracle;

/// <summary>However a real service's response is cut, it says what the oracle reads in it.</summary>
public sealed class CorpusCutTests
{
    private const int MaxLengthForEveryPlace = 2500;

    public static TheoryData<string> Cases => [.. CorpusCase.Ids("*").Where(id => CorpusCase.Load(id).Provider is not null)];

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(Cases))]
    public void Response_CutInTwoOrAtRandom_SaysTheSame(string id)
    {
        CorpusCase recorded = CorpusCase.Load(id);
        using HttpResponseMessage response = recorded.ToRecording().CreateResponse();
        HttpContentHeaders headers = response.Content.Headers;
        var body = new KnownBody(
            recorded.Body, recorded.Provider!, headers.ContentType?.MediaType, [.. headers.ContentEncoding], ContentCoding.Undo(recorded.Body, headers.ContentEncoding));

        if (recorded.Body.Length <= MaxLengthForEveryPlace)
        {
            body.AssertSameInTwoPieces();
        }

        foreach (int length in (int[])[1, 2, 3, 7, 16, 100, 1024, 4096])
        {
            body.AssertSame(new Cuts(length));
        }

        var random = new Random(1);
        for (int i = 0; i < 40; i++)
        {
            body.AssertSame(Cuts.Random(random, recorded.Body.Length));
        }
    }
}
