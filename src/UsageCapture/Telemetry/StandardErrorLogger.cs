using System.Text;

using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace UsageCapture.Telemetry;

/// <summary>Writes warnings and errors to the standard error stream. Used where no logger is given, so that lost records are never silent.</summary>
/// <remarks>
/// Messages are logged while a caller reads a response, and a write blocks when no process reads the stream. So the messages are written
/// on the thread pool, one after the other. Thread-safe.
/// </remarks>
internal sealed class StandardErrorLogger : ILogger
{
    // So many messages wait only when the stream is blocked. Further messages are only counted, so that memory is bounded.
    private const int MaxWaitingMessages = 1000;

    private const nint StandardErrorDescriptor = 2; // POSIX: STDERR_FILENO

    private static readonly Lock QueueLock = new();
    private static Task _lastWrite = Task.CompletedTask; // Completes when all messages are written.
    private static int _waitingMessageCount;
    private static int _droppedMessageCount; // Since the last message that was written.

    private StandardErrorLogger()
    {
    }

    public static StandardErrorLogger Instance { get; } = new();

    /// <summary>Waits until the messages are written. The library calls it at the exit of the process.</summary>
    /// <param name="maxWait">The longest wait. Messages that are not written then are lost.</param>
    public static void Flush(TimeSpan maxWait)
    {
        Task writing;
        lock (QueueLock)
        {
            writing = _lastWrite;
        }

        writing.Wait(maxWait);
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel is >= LogLevel.Warning and < LogLevel.None;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel))
        {
            return;
        }

        string cause = exception is null ? "" : $" {exception.GetType()}: {exception.Message}";
        string line = $"UsageCapture {logLevel}: {formatter(state, exception)}{cause}";
        lock (QueueLock)
        {
            if (_waitingMessageCount == MaxWaitingMessages)
            {
                _droppedMessageCount++;
                return;
            }

            _waitingMessageCount++;
            _lastWrite = _lastWrite.ContinueWith(
                static (_, line) => Write((string)line!), line, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
    }

    private static void Write(string line)
    {
        int droppedCount;
        lock (QueueLock)
        {
            _waitingMessageCount--;
            droppedCount = _droppedMessageCount;
            _droppedMessageCount = 0;
        }

        string dropped = droppedCount == 0
            ? ""
            : $"UsageCapture: {droppedCount} messages were not written, because the standard error stream was blocked.{Environment.NewLine}";
        try
        {
            WriteToStream($"{line}{Environment.NewLine}{dropped}");
        }
#pragma warning disable CA1031 // There is no other place to report that the stream failed.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
    }

    /// <summary>Writes text to the standard error stream, and blocks while no process reads it.</summary>
    private static void WriteToStream(string text)
    {
        if (OperatingSystem.IsWindows())
        {
            Console.Error.Write(text);
            return;
        }

        // On Unix, a write to Console.Error holds the lock of Console.Out, so a blocked one would block the application's own output.
        using var handle = new SafeFileHandle(StandardErrorDescriptor, ownsHandle: false);
        using var stream = new FileStream(handle, FileAccess.Write, bufferSize: 0);
        if (stream.CanSeek)
        {
            Console.Error.Write(text); // A file does not block, and a second stream would not move the first one's position.
        }
        else
        {
            stream.Write(Encoding.UTF8.GetBytes(text));
        }
    }
}
