using Microsoft.Extensions.Logging.Abstractions;

using UsageCapture.Recognition;
using UsageCapture.Testing;

namespace UsageCapture.Tests.Oracle;

/// <summary>Whatever becomes of a recorded body on its way, its reader survives it, and where it is cut changes nothing of what it says.</summary>
public sealed class RecordingMutationTests
{
    private const int MutationsEach = 200;

    // Of a damaged coding it depends on the pieces how much of it can be undone.
    public static TheoryData<string> Plain => [.. Recordings.Names.Where(name => !IsEncoded(Recordings.Get(name)))];

    [Theory]
    [MemberData(nameof(Plain))]
    public void MutatedRecording_CutAnywhere_SaysTheSameAsInOnePiece(string name)
    {
        Recording recording = Recordings.Get(name);
        using HttpResponseMessage response = recording.CreateResponse();
        string? mediaType = response.Content.Headers.ContentType?.MediaType;
        UsageProvider provider = new ProviderRegistry(new UsageCaptureOptions(), NullLogger.Instance).FindByAddress(recording.Request.Url)!;
        for (int number = 0; number < MutationsEach; number++)
        {
            var random = new Random(number);
            byte[] body = recording.Body.ToArray();
            for (int mutations = random.Next(1, 5); mutations > 0; mutations--)
            {
                body = Mutation.Apply(random, body);
            }

            var mutated = new KnownBody(body, provider, mediaType, contentEncoding: [], plain: null);
            for (int i = 0; i < 5; i++)
            {
                mutated.AssertSame(Cuts.Random(random, body.Length));
            }

            mutated.AssertSame(new Cuts(1));
        }
    }

    private static bool IsEncoded(Recording recording)
    {
        using HttpResponseMessage response = recording.CreateResponse();
        return response.Content.Headers.ContentEncoding.Count > 0;
    }
}
