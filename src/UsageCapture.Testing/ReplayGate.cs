using UsageCapture.Testing.Replay;

namespace UsageCapture.Testing;

/// <summary>Lets a test decide when the next piece of a replayed response comes.</summary>
/// <remarks>
/// <para>
/// Give it to a <see cref="ReplayHandler.Gate"/>. A response then waits before each of its pieces, and before its end or its fault as
/// before one more. The pieces are those of the recording: its events after <see cref="RecordingWireExtensions.EventByEvent"/>, and the whole
/// body where nothing is said. Each response counts its own from the first on.
/// </para>
/// <para>
/// <see cref="HttpClient"/> itself reads the whole body before it gives the response, unless it is asked with
/// <see cref="HttpCompletionOption.ResponseHeadersRead"/>, as the SDKs do for streams: release all of it then, or nobody gets the response.
/// </para>
/// <para>What waits is an asynchronous read, until its token fires or the response is disposed of; a synchronous one throws. Thread-safe.</para>
/// </remarks>
public sealed class ReplayGate
{
    private readonly Signal _changed = new();
    private long _released;

    /// <summary>Lets the next pieces through.</summary>
    /// <param name="pieces">How many.</param>
    public void Release(int pieces = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(pieces);
        Interlocked.Add(ref _released, pieces);
        _changed.Raise();
    }

    /// <summary>Lets all that is left through, and the end.</summary>
    public void Open() => Release(int.MaxValue);

    /// <summary>Tells whether a piece may come: the first is number one.</summary>
    internal bool IsOpenFor(int piece) => piece <= Interlocked.Read(ref _released);

    /// <summary>Waits until a piece may come.</summary>
    internal Task WaitAsync(int piece, CancellationToken cancellationToken) => _changed.WaitUntilAsync(() => IsOpenFor(piece), cancellationToken);
}
