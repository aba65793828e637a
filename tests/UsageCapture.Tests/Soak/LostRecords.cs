using Microsoft.Extensions.Logging;

using UsageCapture.Testing.Replay;

namespace UsageCapture.Tests.Soak;

/// <summary>A logger that keeps the ids of the records in its messages, and throws after every message.</summary>
/// <param name="changed">Is told of each record; null when the test does not wait for them.</param>
internal sealed class LostRecords<T>(ChangeNotifier? changed = null) : ILogger<T>
{
    public SeenIds Logged { get; } = new(changed);

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => throw new InvalidOperationException("The log is broken.");

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        foreach ((string name, object? value) in (IEnumerable<KeyValuePair<string, object?>>)state!)
        {
            if (name is "Record" or "Records")
            {
                foreach (string line in ((string)value!).Split('\n'))
                {
                    Logged.TryWrite(UsageRecord.FromJson(line));
                }
            }
        }

        throw new InvalidOperationException("The log is full.");
    }
}
