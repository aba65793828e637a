using Microsoft.Extensions.Logging;

using UsageCapture.Telemetry;
using UsageCapture.TestSupport;

namespace UsageCapture.Tests.Telemetry;

/// <summary>A wrapped logger passes everything on, and its exceptions do not reach the code that logs.</summary>
public sealed class GuardedLoggerTests
{
    [Fact]
    public void Logger_ThatThrows_IsDisabledAndHasNoScope()
    {
        ILogger logger = GuardedLogger.Wrap(new ThrowingLogger<GuardedLoggerTests>());

        Assert.False(logger.IsEnabled(LogLevel.Critical));
        Assert.Null(logger.BeginScope("scope"));
        logger.Log(LogLevel.Critical, default, "state", exception: null, static (state, _) => state);
    }

    [Theory]
    [InlineData(LogLevel.Warning, true)]
    [InlineData(LogLevel.Information, false)]
    public void Logger_ThatWorks_GetsTheMessageAndTheScope(LogLevel level, bool isEnabled)
    {
        var inner = new WarningLogger();
        ILogger logger = GuardedLogger.Wrap(inner);
        var exception = new InvalidOperationException("cause");

        IDisposable? scope = logger.BeginScope("scope");
        logger.Log(level, new EventId(7), "state", exception, static (state, cause) => $"{state} {cause!.Message}");

        Assert.Same(inner, scope);
        Assert.Equal(isEnabled, logger.IsEnabled(level));
        Assert.Equal($"scope scope; {level} 7 state cause; ", inner.Text);
    }

    /// <summary>Enabled for warnings. It is its own scope.</summary>
    private sealed class WarningLogger : ILogger, IDisposable
    {
        public string Text { get; private set; } = "";

        public void Dispose()
        {
        }

        public IDisposable BeginScope<TState>(TState state)
            where TState : notnull
        {
            Text += $"scope {state}; ";
            return this;
        }

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Text += $"{logLevel} {eventId.Id} {formatter(state, exception)}; ";
    }
}
