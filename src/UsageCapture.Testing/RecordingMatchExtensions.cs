namespace UsageCapture.Testing;

/// <summary>Changes which requests a recording answers.</summary>
public static class RecordingMatchExtensions
{
    /// <summary>Returns a copy that answers the requests that a match describes. Without a match, a recording answers requests like its own. The recording does not change.</summary>
    /// <param name="recording">The recording.</param>
    /// <param name="match">The requests to answer, see <see cref="RecordedRequest.Match"/>.</param>
    /// <returns>The changed copy.</returns>
    public static Recording WithMatch(this Recording recording, RequestMatch match)
    {
        ArgumentNullException.ThrowIfNull(recording);
        ArgumentNullException.ThrowIfNull(match);
        return recording with { Request = recording.Request with { Match = match } };
    }
}
