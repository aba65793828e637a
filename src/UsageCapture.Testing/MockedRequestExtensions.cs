using RichardSzalay.MockHttp;

namespace UsageCapture.Testing;

/// <summary>Uses recordings as responses of <c>RichardSzalay.MockHttp</c>.</summary>
public static class MockedRequestExtensions
{
    /// <summary>Responds with recordings. MockHttp alone decides which requests match; <see cref="RecordedRequest.Match"/> is ignored.</summary>
    /// <param name="mockedRequest">The request to respond to.</param>
    /// <param name="recordings">The recordings. Each answers once, in this order. After that, the last one answers every further request.</param>
    /// <returns>The same mocked request.</returns>
    public static MockedRequest RespondWithRecording(this MockedRequest mockedRequest, params IEnumerable<Recording> recordings)
    {
        ArgumentNullException.ThrowIfNull(mockedRequest);
        ArgumentNullException.ThrowIfNull(recordings);
        return mockedRequest.Respond(new ReplayHandler(recordings.Select(recording => recording.WithMatch(RequestMatch.Any))));
    }
}
