using Microsoft.Extensions.Logging;

namespace UsageCapture.TestSupport;

/// <summary>A factory that gives every category the same logger.</summary>
internal sealed class OneLoggerFactory(ILogger logger) : ILoggerFactory
{
    public ILogger CreateLogger(string categoryName) => logger;

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public void Dispose()
    {
    }
}
