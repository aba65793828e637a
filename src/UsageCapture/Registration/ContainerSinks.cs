using Microsoft.Extensions.DependencyInjection;

using UsageCapture.Delivery;

namespace UsageCapture.Registration;

/// <summary>Gets the sinks that are registered in a dependency injection container. A singleton, so that all clients write to the same sinks.</summary>
/// <remarks>
/// The sinks come from the root container, because they live longer than a handler: <c>IHttpClientFactory</c> replaces handlers regularly
/// and disposes the scopes of the old ones.
/// </remarks>
internal sealed class ContainerSinks
{
    /// <summary>Prepares to get the sinks when the first call needs them.</summary>
    /// <param name="services">The root container.</param>
    public ContainerSinks(IServiceProvider services) => Source = new SinkSource(() => GetSinks(services));

    /// <summary>Gets the source for the handlers.</summary>
    public SinkSource Source { get; }

    private static IUsageSink[] GetSinks(IServiceProvider services)
    {
        IUsageSink[] sinks = [.. services.GetServices<IUsageSink>()];

        if (sinks.Length == 0)
        {
            sinks = [services.GetRequiredService<LoggingUsageSink>()]; // The application registered no sink.
        }

        // Its disposal waits for background work. The container disposes it before the sinks, because it is created after them, so the work
        // can still write to the sinks.
        _ = services.GetRequiredService<ShutdownWait>();
        return sinks;
    }
}
