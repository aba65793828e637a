namespace UsageCapture.Delivery;

/// <summary>Creates the sinks when they are first needed, and again after a failure.</summary>
/// <remarks>
/// <para>
/// Creating a handler does not create its sinks, because a sink's constructor may throw, or may need a client that has this same handler.
/// <see cref="UsagePublisher"/> calls <see cref="TryCreateOnce"/> when the first exchange begins. When its record is written, it may be too
/// late, because a container that is being disposed cannot create services any more. If the creation failed, the publisher calls
/// <see cref="GetAsync"/> for each record until it succeeds.
/// </para>
/// <para>Thread-safe. All handlers of a container share one instance.</para>
/// </remarks>
internal sealed class SinkSource
{
    private readonly Func<IEnumerable<IUsageSink>> _createSinks;
    private readonly Lock _lock = new();
    private volatile IUsageSink[]? _sinks;

    // The latest creation; null before the first one.
    private volatile TaskCompletionSource<IUsageSink[]>? _latestCreation;

    /// <summary>Prepares to create sinks.</summary>
    /// <param name="create">Creates the sinks, or returns the same ones. A sink that comes twice gets each record once.</param>
    public SinkSource(Func<IEnumerable<IUsageSink>> create) => _createSinks = create;

    /// <summary>Uses sinks that exist.</summary>
    /// <param name="sinks">The sinks. A sink that comes twice gets each record once.</param>
    /// <exception cref="ArgumentException">A sink is null.</exception>
    public SinkSource(IEnumerable<IUsageSink> sinks)
    {
        _sinks = ToDistinct(sinks);
        _createSinks = () => sinks; // Not called, because the sinks exist.
    }

    /// <summary>Gets the sinks; null before they are created.</summary>
    public IReadOnlyList<IUsageSink>? Sinks => _sinks;

    /// <summary>Creates the sinks if that was not tried before. Does not throw, and does not wait for a creation that began before.</summary>
    /// <param name="maxWait">
    /// The longest time that the current thread is blocked, in the time of the system clock. A creation that takes longer continues in the
    /// background, and <see cref="GetAsync"/> waits for it.
    /// </param>
    public void TryCreateOnce(TimeSpan maxWait)
    {
        if (_sinks is null && _latestCreation is null)
        {
            Task.WaitAny([GetAsync()], (int)maxWait.TotalMilliseconds); // WaitAny does not throw when the task fails.
        }
    }

    /// <summary>Gets the sinks. Creates them when they do not exist and no creation is running.</summary>
    /// <returns>A task with the sinks. It fails with the exception of a sink's constructor, and the next call tries again.</returns>
    public Task<IUsageSink[]> GetAsync()
    {
        TaskCompletionSource<IUsageSink[]> creation;
        lock (_lock)
        {
            if (_latestCreation is { } latest && (_sinks is not null || !latest.Task.IsCompleted))
            {
                return latest.Task;
            }

            _latestCreation = creation = new TaskCompletionSource<IUsageSink[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        // On a thread of its own, because a constructor may hang, and the caller's thread must go on. Not in the lock: a constructor may wait
        // for a call that publishes a record, on any thread.
        _ = ContextFlow.StartDetached(() => Task.Factory.StartNew(
            () => Create(creation), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default));
        return creation.Task;
    }

    private void Create(TaskCompletionSource<IUsageSink[]> creation)
    {
        try
        {
            _sinks = ToDistinct(_createSinks());
            creation.SetResult(_sinks);
        }
#pragma warning disable CA1031 // The publisher logs the exception together with the record.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            creation.SetException(exception);
            _ = creation.Task.Exception; // TryCreateOnce does not read it.
        }
    }

    private static IUsageSink[] ToDistinct(IEnumerable<IUsageSink> sinks)
    {
        IUsageSink[] distinct = [.. sinks.Distinct<IUsageSink>(ReferenceEqualityComparer.Instance)];
        return Array.IndexOf(distinct, null) < 0
            ? distinct
            : throw new ArgumentException(
                "The list of sinks has an element that is null. Remove it, or put a sink in its place.", nameof(sinks));
    }
}
