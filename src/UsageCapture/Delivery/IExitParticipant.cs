namespace UsageCapture.Delivery;

/// <summary>An object with background work that the exit of the process waits for. It registers itself with <see cref="ProcessExit"/>.</summary>
internal interface IExitParticipant
{
    /// <summary>Accepts no more work, and waits until the work that has begun is done. Work that is not done in time is logged.</summary>
    /// <param name="maxWait">
    /// The longest wait, in the time of the system clock. <see cref="ProcessExit"/> allows some seconds more, to cancel and log what is left.
    /// </param>
    /// <remarks>The exit calls it once, from any thread, also during or after disposal. An exception is logged.</remarks>
    Task FinishAsync(TimeSpan maxWait);
}
