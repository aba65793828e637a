namespace UsageCapture.Delivery;

/// <summary>A sink of our own that can take a record at once, without waiting for anything.</summary>
/// <remarks>Other sinks are called on the thread pool, since a call that blocks must not hold up the caller's read.</remarks>
internal interface IImmediateUsageSink : IUsageSink
{
    /// <summary>Takes the record without waiting.</summary>
    /// <returns>False when it can only be taken by waiting, with <see cref="IUsageSink.WriteAsync"/>.</returns>
    bool TryWrite(UsageRecord record);
}
