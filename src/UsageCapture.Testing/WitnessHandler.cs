using System.Collections.Concurrent;

using UsageCapture.Testing.Observation;

namespace UsageCapture.Testing;

/// <summary>Logs the bytes that the caller reads of each response, so that a test can compare them with a recording.</summary>
/// <remarks>
/// Use it as the outermost handler, in front of the handlers under test:
/// <c>new HttpClient(new WitnessHandler { InnerHandler = new UsageCaptureHandler(sink) { InnerHandler = new ReplayHandler(recording) } })</c>.
/// Requests can run in parallel. Read <see cref="Bodies"/> only after the responses have been read.
/// </remarks>
public sealed class WitnessHandler : DelegatingHandler
{
    private readonly ConcurrentQueue<BodyReadLog> _logs = new();

    /// <summary>Gets a copy of the bytes that were read of each response, in the order in which the responses arrived.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Bodies => [.. _logs.Select(log => (ReadOnlyMemory<byte>)log.Bytes.ToArray())];

    /// <summary>Asserts that the caller read all bytes of a recording from the last response, and no others.</summary>
    /// <param name="recording">The recording that answered.</param>
    /// <exception cref="InvalidOperationException">There was no response, or the bytes differ. The message gives the position of the difference.</exception>
    public void AssertRead(Recording recording)
    {
        ArgumentNullException.ThrowIfNull(recording);
        BodyReadLog log = _logs.LastOrDefault()
            ?? throw new InvalidOperationException($"No response came, so nothing was read of the recording '{recording}'. Put the WitnessHandler in front of the ReplayHandler.");
        ReadOnlySpan<byte> read = log.Bytes;
        ReadOnlySpan<byte> recorded = recording.Body.Span;
        int same = read.CommonPrefixLength(recorded);
        if (same == read.Length && same == recorded.Length)
        {
            return;
        }

        string difference = same == read.Length ? "stopped there"
            : same == recorded.Length ? "read on behind the end"
            : $"then read {read[same]:x2} where {recorded[same]:x2} is recorded";
        throw new InvalidOperationException(
            $"The caller did not read the bytes of the recording '{recording}': it read {same} of {recorded.Length} bytes and {difference}.");
    }

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        Observe(await base.SendAsync(request, cancellationToken).ConfigureAwait(false));

    /// <inheritdoc/>
    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken) =>
        Observe(base.Send(request, cancellationToken));

    private HttpResponseMessage Observe(HttpResponseMessage response)
    {
        var log = new BodyReadLog(TimeProvider.System);
        _logs.Enqueue(log);
        response.Content = new ObservedContent(response.Content, log, onEnd: static () => { });
        return response;
    }
}
