using UsageCapture.Benchmarks.Bodies;

namespace UsageCapture.Benchmarks.Contenders;

/// <summary>Hops over all places that read <c>"usage":</c> by vectorised search: the least that looking at every byte can cost.</summary>
internal sealed class UsageSearch(Body body) : IContender
{
    public ValueTask<long> RunAsync()
    {
        ReadOnlySpan<byte> rest = body.Inflated ?? body.Bytes;
        ReadOnlySpan<byte> name = "\"usage\":"u8;
        long matches = 0;
        while (rest.IndexOf(name) is >= 0 and int index)
        {
            matches++;
            rest = rest[(index + name.Length)..];
        }

        return ValueTask.FromResult(matches);
    }
}
