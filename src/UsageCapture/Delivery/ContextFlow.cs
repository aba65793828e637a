namespace UsageCapture.Delivery;

/// <summary>Starts long-lived work that does not inherit the caller's <see cref="ExecutionContext"/>, which has its Activity and AsyncLocals.</summary>
/// <remarks>Otherwise, the work of all calls would belong to the trace of the call that happened to start it, and keep its AsyncLocals alive.</remarks>
internal static class ContextFlow
{
    /// <summary>Calls a function on the current thread and in the current context. The tasks and timers that it starts do not inherit it.</summary>
    public static T RunSuppressed<T>(Func<T> start)
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
