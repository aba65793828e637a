using Microsoft.Extensions.DependencyInjection;

using UsageCapture.Delivery;

namespace UsageCapture.Registration;

/// <summary>Creates the sinks of a container. A singleton, so that all clients write to the same sinks.</summary>
/// <remarks>
/// The sinks come from the root container, because they live longer than a handler: <c>IHttpClientFactory</c> replaces handlers regularly
/// and disposes the scopes of the old ones.
/// </remarks>
internal sealed class ContainerSinks
{
    /// <summary>Prepares to create the sinks when the first call needs them.</summary>
    /// <param name="services">The root container.</param>
    public ContainerSinks(IServiceProvider services) => Source = new SinkSource(() => Create(services));

    /// <summary>Gets the source for the handlers.</summary>
    public SinkSource Source { get; }

    private static IUsageSink[] Create(IServiceProvider services)
    {
        IUsageSink[] sinks = [.. services.GetServices<IUsageSink>()];

        // Only the disposal of this service is needed. The service is created after the sinks, so the container disposes it before the sinks,
        // and background work can still write to them.
        _ = services.GetRequiredService<ShutdownWait>();

        // Without a sink, the application logs its usage.
        return sinks.Length > 0 ? sinks : [services.GetRequiredService<LoggingUsageSink>()];
    }
}
