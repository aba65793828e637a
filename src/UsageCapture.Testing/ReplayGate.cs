using UsageCapture.Testing.Replay;

namespace UsageCapture.Testing;

/// <summary>Lets a test decide when each chunk of a replayed response is delivered.</summary>
/// <remarks>
/// <para>
/// Assign it to <see cref="ReplayHandler.Gate"/>, send the request, and call <see cref="Release"/> each time the test wants to see more:
/// <c>var replay = new ReplayHandler(recording.InChunksByEvent()) { Gate = gate }; … gate.Release(2); … gate.Open();</c>.
/// </para>
/// <para>
/// <see cref="RecordingDeliveryExtensions.InChunksByEvent"/> makes one chunk of each event. If the recording has no chunks, the whole body is one
/// chunk. After the last chunk, one more release delivers the end of the body, or its fault. Several responses can use the gate: after
/// <c>Release(2)</c>, each of them delivers its first two chunks, also a response that starts later.
/// </para>
/// <para>
/// Send with <see cref="HttpCompletionOption.ResponseHeadersRead"/>, as the SDKs do for streams. Otherwise <see cref="HttpClient"/> reads the
/// whole body before it returns the response, and waits until all chunks are released.
/// </para>
/// <para>
/// Asynchronous reads wait until the chunk is released, the token is canceled, or the response is disposed. Synchronous reads throw an
/// <see cref="InvalidOperationException"/> instead of waiting. Thread-safe.
/// </para>
/// </remarks>
public sealed class ReplayGate
{
    private readonly ChangeNotifier _countChanged = new();
    private long _releasedCount; // A long, because each call of Open adds int.MaxValue.

    /// <summary>Releases the next chunks.</summary>
    /// <param name="chunkCount">The number of chunks. Zero releases none.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is negative.</exception>
    public void Release(int chunkCount = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(chunkCount);
        Interlocked.Add(ref _releasedCount, chunkCount);
        _countChanged.NotifyChanged();
    }

    /// <summary>Releases all remaining chunks and the end. The gate cannot be closed again.</summary>
    public void Open() => Release(int.MaxValue);

    /// <summary>Returns whether a chunk is released.</summary>
    /// <param name="chunkNumber">The number of the chunk in its response, from 1.</param>
    internal bool IsReleased(int chunkNumber) => chunkNumber <= Interlocked.Read(ref _releasedCount);

    /// <summary>Waits until a chunk is released.</summary>
    /// <param name="chunkNumber">The number of the chunk in its response, from 1.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    internal Task WaitAsync(int chunkNumber, CancellationToken cancellationToken) =>
        _countChanged.WaitUntilAsync(() => IsReleased(chunkNumber), cancellationToken);
}
