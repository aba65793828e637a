namespace UsageCapture.Tests;

public sealed class InMemoryUsageSinkTests
{
    [Fact]
    public async Task WaitForAsync_ThatIsCanceled_IsReleased()
    {
        var sink = new InMemoryUsageSink();
        using var cancel = new CancellationTokenSource();
        Task waiting = sink.WaitForAsync(1, cancel.Token);
        Assert.Equal(1, sink.WaiterCount);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.Equal(0, sink.WaiterCount);
    }
}
