namespace UsageCapture.Delivery;

/// <summary>Starts long-lived work without the caller's execution context, which has the caller's Activity and AsyncLocal values.</summary>
/// <remarks>
/// Otherwise the work of a queue would belong to the trace of the request that happened to start it, and keep its AsyncLocal values alive.
/// </remarks>
internal static class SuppressedContext
{
    /// <summary>Calls a function, in the current context. The tasks and timers that it starts do not inherit this context.</summary>
    /// <returns>The result of the function.</returns>
    public static T Start<T>(Func<T> start)
    {
        if (ExecutionContext.IsFlowSuppressed())
        {
            return start(); // Suppressing twice throws.
        }

        using (ExecutionContext.SuppressFlow())
        {
            return start();
        }
    }
}
