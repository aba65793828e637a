using Microsoft.Extensions.Logging;

namespace UsageCapture.TestSupport;

/// <summary>A logger whose every method throws.</summary>
internal sealed class ThrowingLogger<T> : ILogger<T>
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => throw new InvalidOperationException("The log is broken.");

    public bool IsEnabled(LogLevel logLevel) => throw new InvalidOperationException("The log is broken.");

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        throw new InvalidOperationException("The log is broken.");
}
