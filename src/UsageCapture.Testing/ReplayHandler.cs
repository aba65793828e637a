using System.Net.Sockets;

using UsageCapture.Testing.Matching;
using UsageCapture.Testing.Replay;

namespace UsageCapture.Testing;

/// <summary>Answers HTTP requests with recordings instead of a network.</summary>
/// <remarks>
/// <para>
/// Use it as the innermost handler:
/// <c>new HttpClient(new UsageCaptureHandler(sink) { InnerHandler = new ReplayHandler(recording) })</c>.
/// </para>
/// <para>
/// The first matching recording that has not answered yet answers a request. So a rejection followed by a stream is a list of two recordings.
/// When all matching recordings have answered, the last of them answers again. A request without a matching recording throws an
/// <see cref="UnmatchedRequestException"/>.
/// </para>
/// <para>Thread-safe.</para>
/// </remarks>
public sealed class ReplayHandler : HttpMessageHandler
{
    private readonly RecordingSelector _selector;
    private readonly Lock _requestBodiesLock = new();
    private readonly List<ReadOnlyMemory<byte>> _requestBodies = [];
    private readonly ChangeNotifier _responseClosed = new();
    private int _openResponseCount;

    /// <summary>Initializes a new instance.</summary>
    /// <param name="recordings">The recordings, in the order in which they are tried.</param>
    public ReplayHandler(params IEnumerable<Recording> recordings)
    {
        ArgumentNullException.ThrowIfNull(recordings);
        _selector = new RecordingSelector(recordings);
    }

    /// <summary>Gets whether the recordings must answer in the given order, each of them once.</summary>
    /// <value>The default is false. If true, a request that the next recording does not match throws an <see cref="UnmatchedRequestException"/>.</value>
    public bool IsOrderRequired { get; init; }

    /// <summary>Gets the clock for the delays between chunks.</summary>
    /// <value>The default is null: no delays. <see cref="TimeProvider.System"/> replays at the recorded speed.</value>
    public TimeProvider? TimeProvider { get; init; }

    /// <summary>Gets the gate that decides when each chunk of each response is delivered. It applies to error responses, too.</summary>
    /// <value>The default is null: no chunk waits.</value>
    public ReplayGate? Gate { get; init; }

    /// <summary>Gets the number of responses that are not disposed. With a real server, each of them would hold a connection.</summary>
    public int OpenResponseCount => Volatile.Read(ref _openResponseCount);

    /// <summary>Gets a copy of the bodies of all requests so far, in the order of arrival. A request without a body has an empty one.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> RequestBodies
    {
        get
        {
            lock (_requestBodiesLock)
            {
                return [.. _requestBodies];
            }
        }
    }

    /// <summary>Gets the recordings that have not answered a request yet.</summary>
    public IReadOnlyList<Recording> UnusedRecordings => _selector.GetUnusedRecordings();

    /// <summary>Waits until all responses are disposed.</summary>
    /// <param name="cancellationToken">Ends the wait. Pass a token with a timeout, in case a response is never disposed.</param>
    /// <returns>A task that completes when no response is open.</returns>
    /// <exception cref="OperationCanceledException">The token was canceled.</exception>
    public Task WaitUntilClosedAsync(CancellationToken cancellationToken = default) =>
        _responseClosed.WaitUntilAsync(() => OpenResponseCount == 0, cancellationToken);

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        using var body = new MemoryStream();
        if (request.Content is not null)
        {
            await request.Content.CopyToAsync(body, cancellationToken).ConfigureAwait(false);
        }

        Recording recording = Select(request, body.ToArray());
        if (recording.Response.Fault?.Kind == FaultKind.Unanswered)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken).ConfigureAwait(false); // Ends only by cancellation, with an exception.
        }

        return Respond(request, recording);
    }

    /// <inheritdoc/>
    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        using var body = new MemoryStream();
        request.Content?.CopyTo(body, context: null, cancellationToken);
        Recording recording = Select(request, body.ToArray());
        return recording.Response.Fault?.Kind == FaultKind.Unanswered
            ? throw new InvalidOperationException(
                $"The recording '{recording}' never answers, and a synchronous call would block forever. Send it asynchronously, with a token.")
            : Respond(request, recording);
    }

    private Recording Select(HttpRequestMessage request, byte[] body)
    {
        lock (_requestBodiesLock)
        {
            _requestBodies.Add(body);
        }

        var description = RequestDescription.From(request, body);
        return IsOrderRequired ? _selector.SelectInOrder(description) : _selector.SelectInAnyOrder(description);
    }

    private HttpResponseMessage Respond(HttpRequestMessage request, Recording recording)
    {
        if (recording.Response.Fault?.Kind == FaultKind.Unreachable)
        {
            // The same exception as that of SocketsHttpHandler.
            throw new HttpRequestException(
                HttpRequestError.ConnectionError,
                $"Connection refused ({request.RequestUri!.Authority})",
                new SocketException((int)SocketError.ConnectionRefused));
        }

        var body = new ReplayStream(recording, TimeProvider, Gate, onDispose: OnResponseClosed);
        HttpResponseMessage response = ResponseFactory.Create(recording, body);
        Interlocked.Increment(ref _openResponseCount);
        response.RequestMessage = request;
        return response;
    }

    /// <summary>Counts a closed response. The stream calls this once, even if the response is disposed twice.</summary>
    private void OnResponseClosed()
    {
        Interlocked.Decrement(ref _openResponseCount);
        _responseClosed.NotifyChanged();
    }
}
