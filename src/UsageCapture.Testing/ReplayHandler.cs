using System.Net.Sockets;

using UsageCapture.Testing.Replay;

namespace UsageCapture.Testing;

/// <summary>Answers requests with recordings, without a network.</summary>
/// <remarks>
/// Put it below the handler under test:
/// <c>new HttpClient(new UsageCaptureHandler(sink) { InnerHandler = new ReplayHandler(recording) })</c>. A request is answered by the first
/// recording that matches it and has not answered yet, so that a refusal and then a stream are given one after the other; when all that match
/// have, by the last of them again. A request that none matches throws an <see cref="UnmatchedRequestException"/>. Thread-safe.
/// </remarks>
public sealed class ReplayHandler : HttpMessageHandler
{
    private readonly Lock _lock = new();
    private readonly Recording[] _recordings;
    private readonly RequestMatch[] _matches;
    private readonly bool[] _hasAnswered;
    private readonly List<ReadOnlyMemory<byte>> _requestBodies = [];
    private readonly Signal _closed = new();
    private int _openResponses;

    /// <summary>Makes a handler.</summary>
    /// <param name="recordings">The recordings, in the order in which they are looked at.</param>
    public ReplayHandler(params IEnumerable<Recording> recordings)
    {
        _recordings = [.. recordings];
        _matches = [.. _recordings.Select(recording => recording.Request.Match ?? RequestMatch.Like(recording.Request))];
        _hasAnswered = new bool[_recordings.Length];
    }

    /// <summary>Gets whether each recording answers one request only, and that in the order given: a script instead of a server.</summary>
    public bool IsStrict { get; init; }

    /// <summary>Gets the clock for the delays between chunks.</summary>
    /// <value>The default is null: nothing is waited for. <see cref="TimeProvider.System"/> replays at the recorded speed.</value>
    public TimeProvider? TimeProvider { get; init; }

    /// <summary>Gets the gate at which responses wait before each piece.</summary>
    /// <value>The default is null: nothing waits. It holds for every response of this handler, refusals too.</value>
    public ReplayGate? Gate { get; init; }

    /// <summary>Gets how many responses nobody has disposed of yet: of a real server, each would hold a connection.</summary>
    public int OpenResponses => Volatile.Read(ref _openResponses);

    /// <summary>Gets the bodies of the requests so far, as they would have gone out, in the order in which they came.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> RequestBodies
    {
        get
        {
            lock (_lock)
            {
                return [.. _requestBodies];
            }
        }
    }

    /// <summary>Gets the recordings that have answered nothing yet.</summary>
    public IReadOnlyList<Recording> Unused
    {
        get
        {
            lock (_lock)
            {
                return [.. _recordings.Where((_, i) => !_hasAnswered[i])];
            }
        }
    }

    /// <summary>Waits until every response so far has been disposed of.</summary>
    /// <param name="cancellationToken">Ends the wait; give one that fires when a test has taken too long, for a response that is never disposed of.</param>
    /// <returns>A task that ends when there is none left.</returns>
    public Task WaitUntilClosedAsync(CancellationToken cancellationToken = default) =>
        _closed.WaitUntilAsync(() => OpenResponses == 0, cancellationToken);

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        using var body = new MemoryStream();
        if (request.Content is not null)
        {
            await request.Content.CopyToAsync(body, cancellationToken).ConfigureAwait(false);
        }

        Recording recording = Choose(request, body.ToArray());
        if (recording.Response.Fault?.Kind == FaultKind.Unanswered)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken).ConfigureAwait(false);
        }

        return Respond(request, recording);
    }

    /// <inheritdoc/>
    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        using var body = new MemoryStream();
        request.Content?.CopyTo(body, context: null, cancellationToken);
        Recording recording = Choose(request, body.ToArray());
        return recording.Response.Fault?.Kind == FaultKind.Unanswered
            ? throw new InvalidOperationException("A recorded server does not answer here, and a synchronous call would wait forever. Send it asynchronously, with a token.")
            : Respond(request, recording);
    }

    private HttpResponseMessage Respond(HttpRequestMessage request, Recording recording)
    {
        if (recording.Response.Fault?.Kind == FaultKind.Unreachable)
        {
            throw new HttpRequestException(
                HttpRequestError.ConnectionError, $"Connection refused ({request.RequestUri!.Authority})", new SocketException((int)SocketError.ConnectionRefused));
        }

        HttpResponseMessage response = ResponseFactory.Create(recording, new RecordedStream(recording, TimeProvider, Gate, onDispose: Close));
        Interlocked.Increment(ref _openResponses);
        response.RequestMessage = request;
        return response;
    }

    private void Close()
    {
        Interlocked.Decrement(ref _openResponses);
        _closed.Raise();
    }

    private Recording Choose(HttpRequestMessage message, byte[] body)
    {
        var request = RequestFacts.Of(message, body);
        lock (_lock)
        {
            _requestBodies.Add(body);
            int next = Array.IndexOf(_hasAnswered, value: false);
            int chosen = IsStrict
                ? next >= 0 && IsMatch(next) ? next : -1
                : FindIndex(i => !_hasAnswered[i] && IsMatch(i));
            if (chosen < 0 && !IsStrict)
            {
                chosen = Array.FindLastIndex(_matches, match => !match.Differences(request).Any());
            }

            if (chosen < 0)
            {
                throw new UnmatchedRequestException(Unmatched.Describe(
                    request, _recordings.Select((recording, i) => (recording.Name, Why(i, isNext: i == next)))));
            }

            _hasAnswered[chosen] = true;
            return _recordings[chosen];
        }

        bool IsMatch(int i) => !_matches[i].Differences(request).Any();

        int FindIndex(Func<int, bool> isChosen) => Enumerable.Range(0, _recordings.Length).FirstOrDefault(isChosen, -1);

        IReadOnlyList<string> Why(int i, bool isNext) =>
            IsStrict && _hasAnswered[i] ? ["it has answered already"]
            : IsStrict && !isNext ? ["it is not its turn"]
            : [.. _matches[i].Differences(request)];
    }
}
