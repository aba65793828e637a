using UsageCapture.Delivery;

namespace UsageCapture.Tests.Delivery;

public sealed class SinkSourceTests
{
    private const int TimeLimit = 60_000; // Milliseconds. A creation that does not end would stop the whole run.

    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(30);

    private int _creations;

    private static CancellationToken TestToken => TestContext.Current.CancellationToken;

    [Fact]
    public void Sinks_ThatExist_AreThoseInTheirOrderEachOnce()
    {
        var first = new InMemoryUsageSink();
        var second = new InMemoryUsageSink();

        var source = new SinkSource([first, second, first]);

        Assert.Equal<IUsageSink>([first, second], source.Sinks!);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Constructor_WithASinkThatIsNull_IsRefused(int index)
    {
        IUsageSink[] sinks = [new InMemoryUsageSink(), new InMemoryUsageSink(), new InMemoryUsageSink()];
        sinks[index] = null!;

        ArgumentException exception = Assert.Throws<ArgumentException>("sinks", () => new SinkSource(sinks));

        Assert.StartsWith(
            "The list of sinks has an element that is null. Remove it, or put a sink in its place.", exception.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = TimeLimit)]
    public async Task Sinks_ThatAreCreated_AreCreatedOnceWhenTheyAreNeeded()
    {
        SinkSource source = CreateSource(failures: 0);
        Assert.Equal((null, 0), (source.Sinks, _creations));

        source.TryCreateOnce(MaxWait);
        IReadOnlyList<IUsageSink> sinks = source.Sinks!;
        source.TryCreateOnce(MaxWait);

        Assert.Same(sinks, await source.GetAsync());
        Assert.Same(sinks, await source.GetAsync());
        Assert.Same(sinks, source.Sinks);
        Assert.Equal(1, _creations);
    }

    [Fact(Timeout = TimeLimit)]
    public async Task Sinks_WhoseCreationFails_AreCreatedAgainByGetAsyncOnly()
    {
        SinkSource source = CreateSource(failures: 2);

        source.TryCreateOnce(MaxWait);
        source.TryCreateOnce(MaxWait);
        Assert.Equal((null, 1), (source.Sinks, _creations));

        await Assert.ThrowsAsync<InvalidOperationException>(source.GetAsync);
        Assert.Null(source.Sinks);
        Assert.Same(await source.GetAsync(), source.Sinks);
        Assert.Equal(3, _creations);
    }

    [Fact(Timeout = TimeLimit)]
    public async Task Sinks_WhoseCreationHangs_BlockOneCallForItsTimeAndAreSharedByAll()
    {
        using var open = new ManualResetEventSlim();
        SinkSource source = CreateSource(failures: 0, open);

        source.TryCreateOnce(TimeSpan.Zero);
        source.TryCreateOnce(Timeout.InfiniteTimeSpan); // Does not wait for a creation that began before.
        Task<IUsageSink[]> waiting = source.GetAsync();
        Assert.Same(waiting, source.GetAsync());
        Assert.False(waiting.IsCompleted);
        open.Set();

        Assert.Same(await waiting, source.Sinks);
        Assert.Equal(1, _creations);
    }

    private SinkSource CreateSource(int failures, ManualResetEventSlim? open = null) => new(() =>
    {
        open?.Wait(TestToken);
        return ++_creations <= failures ? throw new InvalidOperationException("Test: no database.") : [new InMemoryUsageSink()];
    });
}
