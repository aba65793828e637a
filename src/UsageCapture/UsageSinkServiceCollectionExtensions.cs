using System.Diagnostics.CodeAnalysis;

using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

using UsageCapture;
using UsageCapture.Delivery;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the sinks that captured usage goes to.</summary>
public static class UsageSinkServiceCollectionExtensions
{
    /// <summary>Registers a sink that is given each record where the end of the response is seen, before the caller sees it.</summary>
    /// <typeparam name="TSink">The sink; made once, by the container.</typeparam>
    /// <param name="services">The services.</param>
    /// <returns>The same services.</returns>
    /// <remarks>
    /// For sinks that are quick and thread-safe; others belong behind a buffer. A sink that needs a scoped service, such as a
    /// <c>DbContext</c>, takes an <see cref="IServiceScopeFactory"/> and makes a scope for each write. Registering a sink twice is harmless.
    /// </remarks>
    public static IServiceCollection AddUsageSink<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TSink>(
        this IServiceCollection services)
        where TSink : class, IUsageSink
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddSingleton<TSink>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IUsageSink, TSink>(provider => provider.GetRequiredService<TSink>()));
        return services;
    }

    /// <summary>Registers a sink that exists already.</summary>
    /// <param name="services">The services.</param>
    /// <param name="sink">The sink. It is not disposed of with the container.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddUsageSink(this IServiceCollection services, IUsageSink sink)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(sink);
        return services.AddSingleton(sink);
    }

    /// <summary>Registers a sink behind a bounded queue: responses end without waiting for it, and it is given batches.</summary>
    /// <typeparam name="TSink">The sink; made once, by the container, and given one batch at a time.</typeparam>
    /// <param name="services">The services.</param>
    /// <param name="configure">Chooses how records wait; null for the defaults.</param>
    /// <returns>The same services.</returns>
    /// <remarks>
    /// Disposing of the container delivers what waits. A sink that needs a scoped service, such as a <c>DbContext</c>, takes an
    /// <see cref="IServiceScopeFactory"/> and makes a scope for each batch. Registering a sink twice is harmless.
    /// </remarks>
    public static IServiceCollection AddBufferedUsageSink<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TSink>(
        this IServiceCollection services, Action<BufferedUsageSinkOptions>? configure = null)
        where TSink : class, IUsageSink
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddSingleton<TSink>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IUsageSink, BufferedUsageSink<TSink>>(provider =>
        {
            var options = new BufferedUsageSinkOptions();
            configure?.Invoke(options);
            return new BufferedUsageSink<TSink>(
                provider.GetRequiredService<TSink>(), options, provider.GetService<ILogger<BufferedUsageSink>>());
        }));
        return services;
    }
}
