namespace UsageCapture.Delivery;

/// <summary>Starts long-lived work without the execution context of the current call, which has the call's Activity and AsyncLocals.</summary>
internal static class CleanContext
{
    /// <summary>Calls a function. The tasks and timers that it starts do not inherit the execution context.</summary>
    public static T Run<T>(Func<T> start)
    {
        if (ExecutionContext.IsFlowSuppressed())
        {
            return start();
        }

        using (ExecutionContext.SuppressFlow())
        {
            return start();
        }
    }
}
