namespace UsageCapture.Delivery;

/// <summary>Starts long-lived work that does not inherit the caller's <see cref="ExecutionContext"/>: its current Activity and AsyncLocal values.</summary>
/// <remarks>Otherwise, the work of all calls would belong to the trace of the call that happened to start it, and keep its AsyncLocal values alive.</remarks>
internal static class ContextFlow
{
    /// <summary>Calls a function now, on this thread. The tasks and timers that the function starts do not inherit the caller's context.</summary>
    public static T StartDetached<T>(Func<T> start)
    {
        if (ExecutionContext.IsFlowSuppressed()) // A second SuppressFlow throws in some versions of .NET.
        {
            return start();
        }

        using (ExecutionContext.SuppressFlow())
        {
            return start();
        }
    }
}
