using UsageCapture.Testing.Replay;

namespace UsageCapture.Testing;

/// <summary>Lets a test decide when each chunk of a replayed response is delivered.</summary>
/// <remarks>
/// <para>
/// Assign it to <see cref="ReplayHandler.Gate"/> and call <see cref="Release"/>. The end or the fault of a response counts as one more chunk.
/// Use <see cref="RecordingWireExtensions.EventByEvent"/> to get one chunk per event. Without chunks, the body is a single one. If several
/// responses use the gate, each of them counts its own chunks, so a release applies to all.
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
    private readonly ChangeNotifier _releasedChanged = new();
    private long _released;

    /// <summary>Releases the next chunks.</summary>
    /// <param name="chunks">The number of chunks, not negative.</param>
    public void Release(int chunks = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(chunks);
        Interlocked.Add(ref _released, chunks);
        _releasedChanged.NotifyChanged();
    }

    /// <summary>Releases all remaining chunks and the end. The gate cannot be closed again.</summary>
    public void Open() => Release(int.MaxValue);

    /// <summary>Gets whether a chunk is released. The first chunk has the number 1.</summary>
    internal bool IsOpenFor(int chunk) => chunk <= Interlocked.Read(ref _released);

    /// <summary>Waits until a chunk is released. The first chunk has the number 1.</summary>
    internal Task WaitAsync(int chunk, CancellationToken cancellationToken) => _releasedChanged.WaitUntilAsync(() => IsOpenFor(chunk), cancellationToken);
}
