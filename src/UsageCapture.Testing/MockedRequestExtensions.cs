using RichardSzalay.MockHttp;

namespace UsageCapture.Testing;

/// <summary>Recordings as the answers of <c>RichardSzalay.MockHttp</c>.</summary>
public static class MockedRequestExtensions
{
    /// <summary>Answers with a recording, whatever request it was recorded with: what matches is MockHttp's affair.</summary>
    /// <param name="mockedRequest">The request that is to be answered.</param>
    /// <param name="recordings">The recordings: the first answers first; when all have answered, the last does again.</param>
    /// <returns>The same mocked request.</returns>
    public static MockedRequest RespondWithRecording(this MockedRequest mockedRequest, params IEnumerable<Recording> recordings)
    {
        ArgumentNullException.ThrowIfNull(mockedRequest);
        return mockedRequest.Respond(new ReplayHandler(
            recordings.Select(recording => recording with { Request = recording.Request with { Match = RequestMatch.Any } })));
    }
}
