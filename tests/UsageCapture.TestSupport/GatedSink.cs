namespace UsageCapture.TestSupport;

/// <summary>A sink that takes a record only when the test opens the gate.</summary>
internal sealed class GatedSink : IUsageSink
{
    private readonly TaskCompletionSource _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _called = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Called => _called.Task;

    /// <summary>Gets whether a write has ended.</summary>
    public bool HasStored { get; private set; }

    public void Open() => _gate.SetResult();

    public async ValueTask WriteAsync(IReadOnlyList<UsageRecord> records, CancellationToken cancellationToken)
    {
        _called.TrySetResult();
        await _gate.Task;
        HasStored = true;
    }
}
