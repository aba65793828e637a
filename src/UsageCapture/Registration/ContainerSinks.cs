using Microsoft.Extensions.DependencyInjection;

using UsageCapture.Delivery;

namespace UsageCapture.Registration;

/// <summary>Creates the sinks of a container. A singleton, so that all clients write to the same sinks.</summary>
/// <remarks>
/// The sinks come from the root container. The container's scope of a handler ends when the factory renews the handler.
/// </remarks>
internal sealed class ContainerSinks
{
    /// <param name="services">The root container.</param>
    public ContainerSinks(IServiceProvider services) => Source = new SinkSource(() => Create(services));

    /// <summary>Gets the source for the handlers.</summary>
    public SinkSource Source { get; }

    private static IUsageSink[] Create(IServiceProvider services)
    {
        IUsageSink[] sinks = [.. services.GetServices<IUsageSink>()];

        // Created after the sinks, so the container disposes it before them.
        _ = services.GetRequiredService<ShutdownWait>();
        return sinks.Length > 0 ? sinks : [services.GetRequiredService<LoggingUsageSink>()];
    }
}
