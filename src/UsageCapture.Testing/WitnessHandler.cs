using System.Collections.Concurrent;

using UsageCapture.Testing.Traffic;

namespace UsageCapture.Testing;

/// <summary>Notes what the caller reads of each response, to be compared with what was recorded.</summary>
/// <remarks>
/// Put it outermost, above the handlers that could change something:
/// <c>new HttpClient(new WitnessHandler { InnerHandler = new UsageCaptureHandler(sink) { InnerHandler = new ReplayHandler(recording) } })</c>.
/// Thread-safe; look at a body when its reader is done.
/// </remarks>
public sealed class WitnessHandler : DelegatingHandler
{
    private readonly ConcurrentQueue<ReadLog> _responses = new();

    /// <summary>Gets what was read of each response so far, in the order in which they came.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Bodies => [.. _responses.Select(log => (ReadOnlyMemory<byte>)log.Bytes.ToArray())];

    /// <summary>Asserts that the caller read exactly the recorded bytes of the last response: all of them, and nothing else.</summary>
    /// <param name="recording">The recording that answered.</param>
    /// <exception cref="InvalidOperationException">It did not; the message says where what it read differs.</exception>
    public void AssertRead(Recording recording)
    {
        ArgumentNullException.ThrowIfNull(recording);
        ReadOnlySpan<byte> read = _responses.LastOrDefault() is { } last
            ? last.Bytes
            : throw new InvalidOperationException($"No response came, so nothing was read of the recording '{recording}'. Is this handler above the one that answers?");
        ReadOnlySpan<byte> recorded = recording.Body.Span;
        int same = read.CommonPrefixLength(recorded);
        if (same < read.Length || same < recorded.Length)
        {
            string difference = same == read.Length ? "stopped there"
                : same == recorded.Length ? "read on behind the end"
                : $"then read {read[same]:x2} where {recorded[same]:x2} is recorded";
            throw new InvalidOperationException(
                $"The caller did not read the recording '{recording}' as it is: it read {same} of {recorded.Length} bytes and {difference}.");
        }
    }

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        Watch(await base.SendAsync(request, cancellationToken).ConfigureAwait(false));

    /// <inheritdoc/>
    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken) =>
        Watch(base.Send(request, cancellationToken));

    private HttpResponseMessage Watch(HttpResponseMessage response)
    {
        var log = new ReadLog(TimeProvider.System);
        _responses.Enqueue(log);
        response.Content = new WatchedContent(response.Content, log, onEnd: static () => { });
        return response;
    }
}
