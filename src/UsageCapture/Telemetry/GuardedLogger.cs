using Microsoft.Extensions.Logging;

namespace UsageCapture.Telemetry;

/// <summary>Passes messages to the application's logger, and ignores the exceptions that the logger throws.</summary>
/// <remarks>
/// Messages are logged while a caller reads a response, on finalizer threads and on timer threads. An exception there would reach the caller
/// or end the process. The types that receive a logger wrap it once, with <see cref="Wrap"/>. Thread-safe.
/// </remarks>
internal sealed class GuardedLogger : ILogger
{
    private readonly ILogger _logger;

    private GuardedLogger(ILogger logger) => _logger = logger;

    /// <summary>Wraps a logger; null to write warnings and errors to the standard error stream.</summary>
    public static ILogger Wrap(ILogger? logger) => logger is null ? StandardErrorLogger.Instance : new GuardedLogger(logger);

#pragma warning disable CA1031 // See the remarks. There is no other place to report that the logger failed.
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull
    {
        try
        {
            return _logger.BeginScope(state);
        }
        catch (Exception)
        {
            return null;
        }
    }

    public bool IsEnabled(LogLevel logLevel)
    {
        try
        {
            return _logger.IsEnabled(logLevel);
        }
        catch (Exception)
        {
            return false;
        }
    }

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        try
        {
            _logger.Log(logLevel, eventId, state, exception, formatter);
        }
        catch (Exception)
        {
            // The message is lost.
        }
    }
#pragma warning restore CA1031
}
