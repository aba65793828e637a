namespace UsageCapture.TestSupport;

/// <summary>A sink that runs an asynchronous action of the test.</summary>
internal sealed class AsyncActionSink(Func<CancellationToken, Task> action) : IUsageSink
{
    public async ValueTask WriteAsync(IReadOnlyList<UsageRecord> records, CancellationToken cancellationToken) => await action(cancellationToken);
}
