using Microsoft.Extensions.Hosting;

using UsageCapture.Exchanges;

namespace UsageCapture.Registration;

/// <summary>Delivers all records when the host has stopped, while sinks can still use the services of the container.</summary>
/// <remarks>
/// A container that is disposed creates no more scopes, so a sink that takes a <c>DbContext</c> from a scope could not store a record then. The
/// host calls <see cref="StoppedAsync"/> when all hosted services have stopped, so their calls have ended. The host's shutdown timeout ends
/// the wait. The disposal of the container then writes the remaining records to the log.
/// </remarks>
/// <param name="backgroundWork">The background work of all handlers.</param>
/// <param name="sinks">The sinks of the container. When no call has needed them, the shutdown does not create them.</param>
internal sealed class HostShutdown(BackgroundWork backgroundWork, ContainerSinks sinks) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StoppedAsync(CancellationToken cancellationToken)
    {
        try
        {
            await backgroundWork.FlushAsync(cancellationToken).ConfigureAwait(false);

            // Null when no call has needed the sinks.
            IEnumerable<BufferedUsageSink> queues = (sinks.Source.Sinks ?? []).OfType<BufferedUsageSink>();
            await Task.WhenAll(queues.Select(queue => queue.FlushAsync(cancellationToken))).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The host's shutdown must not fail. The disposal of the container ends what is left, and logs it.
        }
    }
}
