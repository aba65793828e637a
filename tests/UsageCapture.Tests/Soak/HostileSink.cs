using UsageCapture.Testing.Replay;

namespace UsageCapture.Tests.Soak;

/// <summary>A sink that stores most records. It throws, synchronously and not, for some of the others, and never returns for the rest.</summary>
/// <param name="changed">Is told of each record that is stored; null when the test does not wait for them.</param>
internal sealed class HostileSink(ChangeNotifier? changed = null) : IUsageSink
{
    private const int OneIn = 40; // Each kind of failure hits one record in so many.

    public SeenIds Stored { get; } = new(changed);

    public ValueTask WriteAsync(IReadOnlyList<UsageRecord> records, CancellationToken cancellationToken)
    {
        UsageRecord record = records[0];
        switch ((uint)record.Id.GetHashCode() % OneIn)
        {
            case 0:
                throw new InvalidOperationException("The table is gone.");
            case 1:
                return new ValueTask(FailAsync());
            case 2:
                return new ValueTask(new TaskCompletionSource().Task);
            case 3:
                cancellationToken.Register(() => throw new InvalidOperationException("The callback is broken."));
                return new ValueTask(Task.Delay(Timeout.Infinite, cancellationToken));
            default:
                return Stored.WriteAsync(records, CancellationToken.None);
        }
    }

    private static async Task FailAsync()
    {
        await Task.Yield();
        throw new InvalidOperationException("The connection is gone.");
    }
}
