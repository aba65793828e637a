using System.Buffers;
using System.Diagnostics;

using UsageCapture.Exchanges;
using UsageCapture.Requests;

namespace UsageCapture.Responses;

/// <summary>Holds back the end of a response without usage, such as <c>[DONE]</c>, while its usage may still follow, and reads on for it.</summary>
/// <remarks>
/// <para>
/// <see cref="TeeStream"/> creates it when the response has said that it is complete, and calls <see cref="Add"/>. At the caller's next read it
/// calls <see cref="ReadUntilEndedAsync"/> or <see cref="ReadUntilEnded"/>, and then returns <see cref="Bytes"/> to the caller.
/// </para>
/// <para>
/// The wait ends when the exchange ends: with usage, at the end of the body, when the body fails, after <see cref="MaxTime"/>, and when the
/// caller cancels. The caller gets the held bytes in any case. When the body ends right after the response, as it usually does, there is
/// nothing to wait for.
/// </para>
/// </remarks>
/// <param name="body">The body.</param>
/// <param name="recorder">Records the exchange.</param>
/// <param name="filter">Removes the event that only the handler asked for; null when every byte is passed on.</param>
internal sealed class UsageHold(LookaheadStream body, ExchangeRecorder recorder, InjectedEventFilter? filter)
{
    /// <summary>The longest time that the end of a response is held back. A person who reads the text does not notice it.</summary>
    public static readonly TimeSpan MaxTime = TimeSpan.FromMilliseconds(100);

    /// <summary>The most bytes that are held. Usage is one event of a few hundred bytes.</summary>
    public const int MaxLength = 64 * 1024;

    private readonly ArrayBufferWriter<byte> _bytes = new();

    // For synchronous reads: guards the fields below, and decides whether a read-ahead belongs to ReadOnOwnThread or to the caller.
    private readonly Lock _lock = new();
    private bool _hasStoppedWaiting; // Then the read-ahead belongs to the caller, also when it returns later.
    private TimeSpan _timeInReads; // Without the read that runs now.
    private long _readStartTimestamp; // Zero between two reads.

    /// <summary>Gets the held bytes.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes.WrittenMemory;

    /// <summary>Holds bytes that the recorder has seen and the filter has passed.</summary>
    public void Add(ReadOnlySpan<byte> bytes) => _bytes.Write(bytes);

    /// <summary>Reads on until the exchange has ended, and ends it without usage after <see cref="MaxTime"/> or <see cref="MaxLength"/>.</summary>
    /// <param name="cancellationToken">The caller's token, which ends the wait. The read of the body that is under way then belongs to the caller.</param>
    /// <returns>The publishing of the record. It never fails.</returns>
    public async Task<Task> ReadUntilEndedAsync(CancellationToken cancellationToken)
    {
        TimeProvider clock = recorder.TimeProvider;
        TimeSpan remaining = MaxTime;
        bool hasEnded = false;
        while (!hasEnded && _bytes.WrittenCount < MaxLength)
        {
            // Only time in which a read waits is counted, so that the same bytes give the same record on a busy machine.
            Task<int> readAhead = body.StartReadAheadAsync();
            if (!readAhead.IsCompleted && remaining > TimeSpan.Zero)
            {
                long startTime = clock.GetTimestamp();
                await ((Task)readAhead.WaitAsync(remaining, clock, cancellationToken)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                remaining -= clock.GetElapsedTime(startTime);
            }

            hasEnded = !readAhead.IsCompleted || ObserveRead(readAhead);
        }

        return recorder.EndWithoutUsage(); // It has no effect when the exchange has ended.
    }

    /// <summary>As <see cref="ReadUntilEndedAsync"/>, for a synchronous read. The time is measured with the system clock.</summary>
    public Task ReadUntilEnded()
    {
        // A read may block for long, and the thread pool may have no thread left.
        var readLoop = Task.Factory.StartNew(ReadOnOwnThread, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        while (!readLoop.Wait(MaxTime) && GetTimeInReads() < MaxTime)
        {
            // A part of the time was not spent in reads of the body, so it does not count.
        }

        lock (_lock)
        {
            _hasStoppedWaiting = true;
        }

        return recorder.EndWithoutUsage();
    }

    /// <summary>Reads on until the exchange has ended. It runs on a thread of its own, and stops when <see cref="ReadUntilEnded"/> waits no longer.</summary>
    private void ReadOnOwnThread()
    {
        while (_bytes.WrittenCount < MaxLength)
        {
            Task<int> readAhead;
            lock (_lock)
            {
                if (_hasStoppedWaiting)
                {
                    return;
                }

                readAhead = body.PrepareReadAhead();
                _readStartTimestamp = Stopwatch.GetTimestamp();
            }

            readAhead.RunSynchronously(TaskScheduler.Default);
            lock (_lock)
            {
                _timeInReads += Stopwatch.GetElapsedTime(_readStartTimestamp);
                _readStartTimestamp = 0;
                if (_hasStoppedWaiting || ObserveRead(readAhead))
                {
                    return;
                }
            }
        }
    }

    private TimeSpan GetTimeInReads()
    {
        lock (_lock)
        {
            return _timeInReads + (_readStartTimestamp == 0 ? TimeSpan.Zero : Stopwatch.GetElapsedTime(_readStartTimestamp));
        }
    }

    /// <summary>Shows a read to the recorder. The end of the body and a failure are left for the caller's next read.</summary>
    /// <returns>Whether the wait is over.</returns>
    private bool ObserveRead(Task<int> readAhead)
    {
        try
        {
            if (readAhead.GetAwaiter().GetResult() == 0)
            {
                ReleaseDecision end = recorder.Complete();
                Add((filter?.Complete(end.Events) ?? default).Span);
                return true;
            }
        }
#pragma warning disable CA1031 // The caller's next read throws it.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            recorder.Fail(exception, CancellationToken.None);
            return true;
        }

        ReadOnlyMemory<byte> bytes = body.ConsumeReadAhead();
        ReleaseDecision decision = recorder.Observe(bytes.Span);
        if (filter is null)
        {
            Add(bytes.Span);
        }
        else
        {
            // No byte is released at once, so the filter returns all bytes in Rest.
            FilteredPiece piece = filter.Apply(bytes.Span, releasableLength: 0, decision.Events, decision.HasEnded);
            Add(piece.Rest.Span);
        }

        return decision.HasEnded;
    }
}
