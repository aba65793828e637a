using System.Collections.Concurrent;
using System.Globalization;
using System.Reflection;

using Xunit.v3;

namespace UsageCapture.TestSupport;

/// <summary>Cancels the token of every test that takes far too long, so that a test that would wait for ever fails and says where.</summary>
/// <remarks>
/// A test ends by it only where it waits with <c>TestContext.Current.CancellationToken</c>. A loop that waits for another thread calls
/// <see cref="Wait.Until"/>.
/// </remarks>
[AttributeUsage(AttributeTargets.Assembly)]
public sealed class TimeLimitAttribute : BeforeAfterTestAttribute
{
    // The longest test takes some seconds alone, and a multiple of that on a busy machine.
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5) + TimeSpan.FromSeconds(
        int.TryParse(Environment.GetEnvironmentVariable("USAGECAPTURE_SOAK_SECONDS"), CultureInfo.InvariantCulture, out int seconds) ? seconds : 0);

    private readonly ConcurrentDictionary<string, Timer> _timers = new();

    public override void Before(MethodInfo methodUnderTest, IXunitTest test)
    {
        ITestContext context = TestContext.Current;
        _timers[test.UniqueID] = new Timer(_ => context.CancelCurrentTest(), null, Limit, Timeout.InfiniteTimeSpan);
    }

    public override void After(MethodInfo methodUnderTest, IXunitTest test)
    {
        if (_timers.TryRemove(test.UniqueID, out Timer? timer))
        {
            timer.Dispose();
        }
    }
}
