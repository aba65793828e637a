namespace UsageCapture.Testing.Matching;

/// <summary>Selects the recording that answers a request, and remembers which recordings have answered. Thread-safe.</summary>
/// <param name="recordings">The recordings, in the order in which they are tried.</param>
internal sealed class RecordingSelector(IEnumerable<Recording> recordings)
{
    private readonly Lock _lock = new();
    private readonly Candidate[] _candidates = [.. recordings.Select(recording => new Candidate(recording))];

    public IReadOnlyList<Recording> GetUnusedRecordings()
    {
        lock (_lock)
        {
            return [.. _candidates.Where(candidate => !candidate.HasAnswered).Select(candidate => candidate.Recording)];
        }
    }

    /// <summary>Selects the first matching recording that has not answered; if all of them have, the last matching one again.</summary>
    /// <exception cref="UnmatchedRequestException">No recording matches.</exception>
    public Recording SelectFirstMatch(RequestDescription request)
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
    public Recording SelectNext(RequestDescription request)
    {
        lock (_lock)
        {
            Candidate? next = Array.Find(_candidates, candidate => !candidate.HasAnswered);
            if (next?.Matches(request) != true)
            {
                throw CreateException(request, candidate =>
                    candidate.HasAnswered ? ["it has answered already"]
                    : candidate != next ? ["an earlier recording has not answered yet"]
                    : candidate.GetDifferences(request));
            }

            next.HasAnswered = true;
            return next.Recording;
        }
    }

    private UnmatchedRequestException CreateException(RequestDescription request, Func<Candidate, IEnumerable<string>> getReasons) =>
        new(UnmatchedRequestMessage.Create(request, _candidates.Select(candidate => (candidate.Recording.Name, getReasons(candidate)))));

    private sealed class Candidate(Recording recording)
    {
        private readonly RequestMatch _match = recording.Request.Match ?? RequestMatch.SimilarTo(recording.Request);

        public Recording Recording { get; } = recording;

        public bool HasAnswered { get; set; }

        public bool Matches(RequestDescription request) => !_match.GetDifferences(request).Any();

        public IEnumerable<string> GetDifferences(RequestDescription request) => _match.GetDifferences(request);
    }
}
