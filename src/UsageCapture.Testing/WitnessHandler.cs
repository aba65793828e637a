using System.Collections.Concurrent;

using UsageCapture.Testing.Observation;

namespace UsageCapture.Testing;

/// <summary>Keeps the bytes that the caller reads of each response, so that a test can compare them with a recording.</summary>
/// <remarks>
/// <para>
/// Use it as the outermost handler, in front of the handlers under test:
/// <c>new WitnessHandler { InnerHandler = new UsageCaptureHandler(sink) { InnerHandler = new ReplayHandler(recording) } }</c>.
/// Send a request, read the response, and call <see cref="AssertRead"/>.
/// </para>
/// <para>
/// Requests can run in parallel. Then compare <see cref="Bodies"/>, because <see cref="AssertRead"/> uses the response that arrived last. Use
/// <see cref="Bodies"/> and <see cref="AssertRead"/> only after all reads, because they must not run at the same time as a read.
/// </para>
/// </remarks>
public sealed class WitnessHandler : DelegatingHandler
{
    private readonly ConcurrentQueue<BodyReadLog> _logs = new();

    /// <summary>Gets a copy of the bytes that were read of each response, in the order in which the responses arrived.</summary>
    /// <value>One item for each response; empty bytes if none of its body was read.</value>
    public IReadOnlyList<ReadOnlyMemory<byte>> Bodies => [.. _logs.Select(log => (ReadOnlyMemory<byte>)log.Bytes.ToArray())];

    /// <summary>Asserts that the caller read all bytes of a recording from the last response, and no others.</summary>
    /// <param name="recording">The recording that answered.</param>
    /// <exception cref="InvalidOperationException">There was no response, or the bytes differ. The message gives the position of the difference.</exception>
    public void AssertRead(Recording recording)
    {
        ArgumentNullException.ThrowIfNull(recording);
        BodyReadLog log = _logs.LastOrDefault()
            ?? throw new InvalidOperationException(
                $"No response was received, so nothing of the recording '{recording}' was read. "
                + "Put the WitnessHandler in front of the ReplayHandler.");
        ReadOnlySpan<byte> read = log.Bytes;
        ReadOnlySpan<byte> recorded = recording.Body.Span;
        int commonLength = read.CommonPrefixLength(recorded);
        if (commonLength == read.Length && commonLength == recorded.Length)
        {
            return;
        }

        string difference = commonLength == read.Length ? "stopped there"
            : commonLength == recorded.Length ? "read past the end"
            : $"then read {read[commonLength]:x2} where {recorded[commonLength]:x2} is recorded";
        throw new InvalidOperationException(
            $"The caller did not read the bytes of the recording '{recording}': it read {commonLength} of {recorded.Length} bytes and {difference}.");
    }

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        Observe(await base.SendAsync(request, cancellationToken).ConfigureAwait(false));

    /// <inheritdoc/>
    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken) =>
        Observe(base.Send(request, cancellationToken));

    private HttpResponseMessage Observe(HttpResponseMessage response)
    {
        var log = new BodyReadLog(TimeProvider.System); // It also notes times, which are not used here.
        _logs.Enqueue(log);
        response.Content = new ObservedContent(response.Content, log, onFinished: static () => { }); // At its end there is nothing to do: the test reads the log.
        return response;
    }
}
