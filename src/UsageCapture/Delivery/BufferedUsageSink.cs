using Microsoft.Extensions.Logging;

namespace UsageCapture.Delivery;

/// <summary>The queue before one type of sink: a type of its own, so that a container knows a second registration for what it is.</summary>
internal sealed class BufferedUsageSink<TSink>(TSink sink, BufferedUsageSinkOptions options, ILogger<BufferedUsageSink>? logger)
    : BufferedUsageSink(sink, options, logger)
    where TSink : class, IUsageSink;
