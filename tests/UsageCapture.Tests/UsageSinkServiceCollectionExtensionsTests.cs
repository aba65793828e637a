using Microsoft.Extensions.DependencyInjection;


namespace UsageCapture.Tests;

public sealed class UsageSinkServiceCollectionExtensionsTests
{
    [Fact]
    public void AddBufferedUsageSink_WithLimits_UsesThoseOfTheFirstRegistration()
    {
        var services = new ServiceCollection();
        services.AddBufferedUsageSink<InMemoryUsageSink>(options => options.Capacity = 0).AddBufferedUsageSink<InMemoryUsageSink>();
        using ServiceProvider provider = services.BuildServiceProvider();

        ArgumentOutOfRangeException exception = Assert.Throws<ArgumentOutOfRangeException>(() => provider.GetServices<IUsageSink>().ToArray());

        Assert.StartsWith("Capacity is 0 and MaxBatchSize is 500.", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AddBufferedUsageSink_OfTwoTypes_HasAQueueForEach()
    {
        var services = new ServiceCollection();
        services.AddBufferedUsageSink<InMemoryUsageSink>().AddBufferedUsageSink<GatedSink>();
        using ServiceProvider provider = services.BuildServiceProvider();

        IUsageSink[] sinks = [.. provider.GetServices<IUsageSink>()];

        Assert.Equal(2, sinks.Distinct().Count());
        Assert.All(sinks, sink => Assert.IsType<BufferedUsageSink>(sink));
    }

    [Fact]
    public void AddBufferedUsageSink_NextToOtherServicesWithTheSameKeyOrType_IsRegistered()
    {
        var services = new ServiceCollection();
        services.AddKeyedSingleton<object>(typeof(InMemoryUsageSink))
            .AddKeyedSingleton<IUsageSink>("other", (_, _) => new GatedSink())
            .AddSingleton(new BufferedUsageSink(new GatedSink()))
            .AddUsageSink(new InMemoryUsageSink());

        services.AddBufferedUsageSink<InMemoryUsageSink>();

        using ServiceProvider provider = services.BuildServiceProvider();
        Assert.Equal([typeof(InMemoryUsageSink), typeof(BufferedUsageSink)], provider.GetServices<IUsageSink>().Select(sink => sink.GetType()));
    }

    [Fact]
    public void AddUsageSink_OfTheSameTypeAgain_KeepsTheFirstRegistration()
    {
        var services = new ServiceCollection();
        services.AddUsageSink<InMemoryUsageSink>().AddUsageSink<InMemoryUsageSink>().AddBufferedUsageSink<InMemoryUsageSink>();
        using ServiceProvider provider = services.BuildServiceProvider();

        Assert.Same(provider.GetRequiredService<InMemoryUsageSink>(), Assert.Single(provider.GetServices<IUsageSink>()));
    }

    [Fact]
    public void AddUsageSink_OfAnInstance_IsThatInstance()
    {
        var sink = new InMemoryUsageSink();
        using ServiceProvider provider = new ServiceCollection().AddUsageSink(sink).BuildServiceProvider();

        Assert.Same(sink, Assert.Single(provider.GetServices<IUsageSink>()));
    }

    [Fact]
    public void Registration_OfNothing_IsRefused()
    {
        IServiceCollection none = null!;

        Assert.Throws<ArgumentNullException>("services", () => none.AddUsageSink<InMemoryUsageSink>());
        Assert.Throws<ArgumentNullException>("services", () => none.AddUsageSink(new InMemoryUsageSink()));
        Assert.Throws<ArgumentNullException>("services", () => none.AddBufferedUsageSink<InMemoryUsageSink>());
        Assert.Throws<ArgumentNullException>("sink", () => new ServiceCollection().AddUsageSink(null!));
    }
}
