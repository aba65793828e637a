namespace UsageCapture.Delivery;

/// <summary>An object with work in the background that the exit of the process waits for. See <see cref="ProcessExit"/>.</summary>
internal interface IExitParticipant
{
    /// <summary>Accepts no more work, and waits until the work that has begun is done. Work that is not done in time is ended and logged.</summary>
    /// <param name="maxWait">
    /// The longest wait. Ending what is left may take up to a second more. <see cref="ProcessExit"/> allows for that.
    /// </param>
    /// <returns>A task that does not fail. The method may be called after a disposal and during one.</returns>
    Task FinishAsync(TimeSpan maxWait);
}
