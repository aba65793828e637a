namespace UsageCapture.Testing.Matching;

/// <summary>Selects the recording that answers a request, and remembers which recordings have answered. Thread-safe.</summary>
/// <remarks>
/// A <see cref="ReplayHandler"/> uses either <see cref="SelectInAnyOrder"/> or <see cref="SelectInOrder"/> for all its requests, because after
/// an answer out of order it would be unclear which recording is the next.
/// </remarks>
/// <param name="recordings">The recordings, in the order in which they are tried.</param>
internal sealed class RecordingSelector(IEnumerable<Recording> recordings)
{
    private readonly Lock _lock = new();
    private readonly Candidate[] _candidates = [.. recordings.Select(recording => new Candidate(recording))];

    /// <summary>Gets the recordings that have not answered a request.</summary>
    public IReadOnlyList<Recording> GetUnusedRecordings()
    {
        lock (_lock)
        {
            return [.. _candidates.Where(candidate => !candidate.HasAnswered).Select(candidate => candidate.Recording)];
        }
    }

    /// <summary>Selects the first matching recording that has not answered yet.</summary>
    /// <remarks>If all matching recordings have answered, the last of them answers again. So a test can repeat a request without more recordings.</remarks>
    /// <exception cref="UnmatchedRequestException">No recording matches.</exception>
    public Recording SelectInAnyOrder(RequestDescription request)
    {
        lock (_lock)
        {
            Candidate selected = Array.Find(_candidates, candidate => !candidate.HasAnswered && candidate.Matches(request))
                ?? Array.FindLast(_candidates, candidate => candidate.Matches(request))
                ?? throw CreateException(request, candidate => candidate.GetDifferences(request));
            selected.HasAnswered = true;
            return selected.Recording;
        }
    }

    /// <summary>Selects the first recording that has not answered, for tests that fix the order of the requests.</summary>
    /// <exception cref="UnmatchedRequestException">This recording does not match, or all recordings have answered.</exception>
    public Recording SelectInOrder(RequestDescription request)
    {
        lock (_lock)
        {
            Candidate? next = Array.Find(_candidates, candidate => !candidate.HasAnswered);
            if (next?.Matches(request) != true)
            {
                throw CreateException(request, candidate => GetReasonsAgainst(candidate, next, request));
            }

            next.HasAnswered = true;
            return next.Recording;
        }
    }

    /// <summary>Returns why a recording does not answer a request if only the next one may answer.</summary>
    private static IEnumerable<string> GetReasonsAgainst(Candidate candidate, Candidate? next, RequestDescription request)
    {
        if (candidate.HasAnswered)
        {
            return ["it has answered already"];
        }

        return candidate == next ? candidate.GetDifferences(request) : ["an earlier recording has not answered yet"];
    }

    private UnmatchedRequestException CreateException(RequestDescription request, Func<Candidate, IEnumerable<string>> getReasons) =>
        new(UnmatchedRequestMessage.Create(request, _candidates.Select(candidate => (candidate.Recording.Name, getReasons(candidate)))));

    /// <summary>A recording, the requests that it answers, and whether it has answered one.</summary>
    private sealed class Candidate(Recording recording)
    {
        // By default, a recording answers requests that are similar to the recorded one.
        private readonly RequestMatch _match = recording.Request.Match ?? RequestMatch.SimilarTo(recording.Request);

        public Recording Recording { get; } = recording;

        public bool HasAnswered { get; set; }

        public bool Matches(RequestDescription request) => !_match.GetDifferences(request).Any();

        public IEnumerable<string> GetDifferences(RequestDescription request) => _match.GetDifferences(request);
    }
}
