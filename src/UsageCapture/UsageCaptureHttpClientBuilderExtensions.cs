using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

using UsageCapture;
using UsageCapture.Exchanges;
using UsageCapture.Registration;
using UsageCapture.Requests;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds usage capture to clients of <see cref="IHttpClientFactory"/>.</summary>
public static class UsageCaptureHttpClientBuilderExtensions
{
    /// <summary>Captures the token usage of every language-model call that the client makes.</summary>
    /// <param name="builder">The client's builder, also that of <c>ConfigureHttpClientDefaults</c>.</param>
    /// <param name="configure">Chooses options for this client; null for the defaults.</param>
    /// <returns>The same builder.</returns>
    /// <remarks>
    /// <para>
    /// Call it after handlers that retry or hedge are added, as <c>AddStandardResilienceHandler</c> does: handlers are called in the
    /// order in which they were added, and capture inside a retry records each attempt, outside it only the last. Calling it twice for
    /// a client is harmless.
    /// </para>
    /// <para>
    /// Records go to the sinks registered with <c>AddUsageSink</c> and <c>AddBufferedUsageSink</c>; where there are none, to the log,
    /// by <see cref="LoggingUsageSink"/>. Options that make no sense are reported when the host starts, or when the client is made.
    /// </para>
    /// </remarks>
    public static IHttpClientBuilder AddUsageCapture(this IHttpClientBuilder builder, Action<UsageCaptureOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<UsageCaptureOptions>, UsageCaptureOptionsValidator>());
        builder.Services.TryAddSingleton<LoggingUsageSink>();
        builder.Services.TryAddSingleton<BackgroundCompletions>();
        builder.Services.TryAddSingleton<RejectingEndpoints>();
        builder.Services.AddOptions<UsageCaptureOptions>(builder.Name).ValidateOnStart();
        if (configure is not null)
        {
            // ConfigureHttpClientDefaults gives a builder without a name: what is chosen there holds for every client.
            builder.Services.AddSingleton<IConfigureOptions<UsageCaptureOptions>>(
                new ConfigureNamedOptions<UsageCaptureOptions>(builder.Name, configure));
        }

        return builder.ConfigureAdditionalHttpMessageHandlers((handlers, services) =>
        {
            // The last call decides the place: a client's own call comes after that for all clients.
            foreach (DelegatingHandler earlier in handlers.Where(handler => handler is UsageCaptureHandler or CallIdHandler).ToArray())
            {
                handlers.Remove(earlier);
            }

            // What stands outside may retry or hedge; from outside of that, the attempts are seen to be one operation.
            if (handlers.Count > 0)
            {
                handlers.Insert(0, new CallIdHandler(services.GetService<TimeProvider>() ?? TimeProvider.System));
            }

            handlers.Add(CreateHandler(services, builder.Name));
        });
    }

    private static UsageCaptureHandler CreateHandler(IServiceProvider services, string? clientName)
    {
        // The sinks are made before what feeds them, so that a container disposes of them after it.
        IUsageSink[] sinks = [.. services.GetServices<IUsageSink>()];
        return new UsageCaptureHandler(
            sinks.Length > 0 ? sinks : [services.GetRequiredService<LoggingUsageSink>()],
            services.GetRequiredService<IOptionsMonitor<UsageCaptureOptions>>().Get(clientName),
            services.GetRequiredService<ILogger<UsageCaptureHandler>>(),
            services.GetService<TimeProvider>(),
            services.GetRequiredService<BackgroundCompletions>(),
            services.GetRequiredService<RejectingEndpoints>());
    }
}
