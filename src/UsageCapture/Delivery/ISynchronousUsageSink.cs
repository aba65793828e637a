namespace UsageCapture.Delivery;

/// <summary>A built-in sink that can accept a record synchronously and without blocking.</summary>
/// <remarks>
/// <see cref="UsagePublisher"/> calls <see cref="TryWrite"/> directly on the thread that reads the response. This avoids a switch to the thread
/// pool. Other sinks may block, so they are called on the thread pool.
/// </remarks>
internal interface ISynchronousUsageSink : IUsageSink
{
    /// <summary>Accepts the record if that is possible without waiting.</summary>
    /// <param name="record">The record.</param>
    /// <returns>False when the sink would have to wait, for example because its queue is full. Call <see cref="IUsageSink.WriteAsync"/> then.</returns>
    bool TryWrite(UsageRecord record);
}
