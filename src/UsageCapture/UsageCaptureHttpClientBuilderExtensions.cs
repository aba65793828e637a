using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

using UsageCapture;
using UsageCapture.Exchanges;
using UsageCapture.Registration;
using UsageCapture.Requests;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds usage capture to the clients of <see cref="IHttpClientFactory"/>.</summary>
public static class UsageCaptureHttpClientBuilderExtensions
{
    /// <summary>Captures the token usage of every language-model call that the client makes.</summary>
    /// <param name="builder">The builder of one client, or the builder in <c>ConfigureHttpClientDefaults</c> for all clients.</param>
    /// <param name="configure">Changes the options of this client; null for the defaults.</param>
    /// <returns>The same builder.</returns>
    /// <remarks>
    /// <para>
    /// Call it after <c>AddStandardResilienceHandler</c> and other methods that add handlers which retry or hedge. Then each attempt gets its
    /// own record. If it is called before them, only the last attempt gets one. When a client is registered more than once, the last
    /// registration decides the place, and each attempt still gets one record.
    /// </para>
    /// <para>
    /// Records go to the sinks that are registered with <c>AddUsageSink</c> and <c>AddBufferedUsageSink</c>. Without any sink they go to the
    /// log, through <see cref="LoggingUsageSink"/>. The sinks are created when a client sends its first request to a model. When the
    /// constructor of a sink throws, requests still work, each record is written to the log as JSON, and creation is tried again for the next
    /// record.
    /// </para>
    /// <para>
    /// When a host stops, it waits until the sinks have all records, within its shutdown timeout. Without a host, disposing the container
    /// waits. A container that is disposed creates no more scopes, so a sink that needs one must be flushed before: await
    /// <see cref="BufferedUsageSink.FlushAsync"/>.
    /// </para>
    /// <para>
    /// Options can also be bound to configuration by the name of the client. Invalid options stop the host when it starts. Without a host,
    /// creating the client throws an <see cref="OptionsValidationException"/>.
    /// </para>
    /// </remarks>
    public static IHttpClientBuilder AddUsageCapture(this IHttpClientBuilder builder, Action<UsageCaptureOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<UsageCaptureOptions>, UsageCaptureOptionsValidator>());
        builder.Services.TryAddSingleton<LoggingUsageSink>();
        builder.Services.TryAddSingleton(_ => new BackgroundWork()); // Not with the clock of the container, which may stand still in a test.
        builder.Services.TryAddSingleton<ContainerSinks>();
        builder.Services.TryAddSingleton<ShutdownWait>(); // Created after the sinks, so the container disposes it before them.
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, HostShutdown>());
        builder.Services.TryAddSingleton<RefusingEndpoints>(); // All handlers share what they learn about servers.
        builder.Services.AddOptions<UsageCaptureOptions>(builder.Name).ValidateOnStart();
        if (configure is not null)
        {
            // The builder of ConfigureHttpClientDefaults has no name. Configure applies options without a name to every client.
            builder.Services.Configure(builder.Name, configure);
        }

        return builder.ConfigureAdditionalHttpMessageHandlers((handlers, services) =>
        {
            // The last registration decides the place. That for one client runs after that for all clients.
            foreach (DelegatingHandler earlier in handlers.Where(handler => handler is UsageCaptureHandler or CallIdHandler).ToArray())
            {
                handlers.Remove(earlier);
            }

            // Outer handlers may retry or hedge. A handler outside of them gives all attempts the same call id.
            if (handlers.Count > 0)
            {
                handlers.Insert(0, new CallIdHandler(services.GetService<TimeProvider>() ?? TimeProvider.System));
            }

            handlers.Add(CreateHandler(services, builder.Name));
        });
    }

    private static UsageCaptureHandler CreateHandler(IServiceProvider services, string? clientName)
    {
        return new UsageCaptureHandler(
            services.GetRequiredService<ContainerSinks>().Source,
            services.GetRequiredService<IOptionsMonitor<UsageCaptureOptions>>().Get(clientName),
            services.GetRequiredService<ILogger<UsageCaptureHandler>>(),
            services.GetService<TimeProvider>(),
            services.GetRequiredService<BackgroundWork>(),
            services.GetRequiredService<RefusingEndpoints>());
    }
}
