namespace UsageCapture.Delivery;

/// <summary>Work that the exit of the process waits for. See <see cref="ProcessExit"/>.</summary>
internal interface IFinishedAtExit
{
    /// <summary>Accepts no more work, and waits until the work that has begun is done. What is not done by then is logged.</summary>
    /// <param name="maxWait">The longest wait. The implementation may need up to a second more to end what is left.</param>
    Task FinishAsync(TimeSpan maxWait);
}
