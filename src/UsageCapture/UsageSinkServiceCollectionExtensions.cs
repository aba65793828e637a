using System.Diagnostics.CodeAnalysis;

using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

using UsageCapture;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the sinks that receive usage records.</summary>
public static class UsageSinkServiceCollectionExtensions
{
    /// <summary>Registers a sink that receives each record at the end of the response, before the caller sees that end.</summary>
    /// <typeparam name="TSink">The type of the sink. The container creates one instance and disposes it.</typeparam>
    /// <param name="services">The services.</param>
    /// <returns>The same services.</returns>
    /// <remarks>
    /// <para>
    /// The sink must be thread-safe and fast, because the caller waits for it, for at most <see cref="UsageCaptureOptions.PublishTimeout"/>.
    /// Use <see cref="AddBufferedUsageSink{TSink}"/> for other sinks.
    /// </para>
    /// <para>
    /// A sink that needs a scoped service, such as a <c>DbContext</c>, takes an <see cref="IServiceScopeFactory"/> and creates a scope for
    /// each write. Registering the same type again, here or with <see cref="AddBufferedUsageSink{TSink}"/>, is harmless: the first
    /// registration counts.
    /// </para>
    /// </remarks>
    public static IServiceCollection AddUsageSink<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TSink>(
        this IServiceCollection services)
        where TSink : class, IUsageSink
    {
        ArgumentNullException.ThrowIfNull(services);
        if (IsBuffered<TSink>(services))
        {
            return services;
        }

        // TryAddEnumerable does nothing when the same type is registered without a queue already.
        services.TryAddSingleton<TSink>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IUsageSink, TSink>(provider => provider.GetRequiredService<TSink>()));
        return services;
    }

    /// <summary>Registers an existing sink. It receives each record at the end of the response, before the caller sees that end.</summary>
    /// <param name="services">The services.</param>
    /// <param name="sink">The sink. The container does not dispose it. Registered twice, it receives each record once.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddUsageSink(this IServiceCollection services, IUsageSink sink)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(sink);
        return services.AddSingleton(sink); // SinkSource removes duplicates of one instance.
    }

    /// <summary>Registers a sink behind a queue: responses end without waiting for the sink, and it receives batches.</summary>
    /// <typeparam name="TSink">The type of the sink. The container creates one instance, which is called with one batch at a time.</typeparam>
    /// <param name="services">The services.</param>
    /// <param name="configure">Changes the limits of the queue; null for the defaults.</param>
    /// <returns>The same services.</returns>
    /// <remarks>
    /// <para>
    /// Disposing the container waits until the sink has received all records in the queue. See <see cref="BufferedUsageSink"/>.
    /// </para>
    /// <para>
    /// A sink that needs a scoped service, such as a <c>DbContext</c>, takes an <see cref="IServiceScopeFactory"/> and creates a scope for
    /// each batch. Registering the same type again, here or with <see cref="AddUsageSink{TSink}(IServiceCollection)"/>, is harmless: the
    /// first registration counts, with its limits.
    /// </para>
    /// </remarks>
    public static IServiceCollection AddBufferedUsageSink<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TSink>(
        this IServiceCollection services, Action<BufferedUsageSinkOptions>? configure = null)
        where TSink : class, IUsageSink
    {
        ArgumentNullException.ThrowIfNull(services);

        if (IsBuffered<TSink>(services) || IsUnbuffered<TSink>(services))
        {
            return services;
        }

        // Keyed by the type of the sink, so that each type has its own queue and IsBuffered finds it.
        Type sinkType = typeof(TSink);
        services.TryAddSingleton<TSink>();
        services.AddKeyedSingleton(sinkType, (provider, _) =>
        {
            var options = new BufferedUsageSinkOptions();
            configure?.Invoke(options);
            return new BufferedUsageSink(
                provider.GetRequiredService<TSink>(), options, provider.GetService<ILogger<BufferedUsageSink>>());
        });
        return services.AddSingleton<IUsageSink>(provider => provider.GetRequiredKeyedService<BufferedUsageSink>(sinkType));
    }

    private static bool IsBuffered<TSink>(IServiceCollection services) => services.Any(service =>
        service.ServiceType == typeof(BufferedUsageSink) && service.IsKeyedService && typeof(TSink).Equals(service.ServiceKey));

    // AddUsageSink registers a Func<IServiceProvider, TSink>. The type of this delegate tells which sink it creates.
    private static bool IsUnbuffered<TSink>(IServiceCollection services) => services.Any(service =>
        service.ServiceType == typeof(IUsageSink) && !service.IsKeyedService
        && service.ImplementationFactory?.GetType() == typeof(Func<IServiceProvider, TSink>));
}
