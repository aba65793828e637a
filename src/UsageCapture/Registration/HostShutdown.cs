using Microsoft.Extensions.Hosting;

using UsageCapture.Exchanges;

namespace UsageCapture.Registration;

/// <summary>Delivers all records when the host has stopped, while sinks can still use the services of the container.</summary>
/// <remarks>
/// A container that is disposed creates no more scopes, so a sink that takes a <c>DbContext</c> from one could not store a record then. All
/// hosted services have stopped before, so their calls have ended. The host's shutdown timeout ends the wait; the disposal of the container
/// then writes the remaining records to the log.
/// </remarks>
/// <param name="background">The background work of all handlers.</param>
/// <param name="sinks">The sinks of the container. They are not created for the shutdown.</param>
internal sealed class HostShutdown(BackgroundCompletions background, ContainerSinks sinks) : IHostedLifecycleService
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
            await background.FlushAsync(cancellationToken).ConfigureAwait(false);
            IEnumerable<BufferedUsageSink> queues = (sinks.Source.Sinks ?? []).OfType<BufferedUsageSink>();
            await Task.WhenAll(queues.Select(queue => queue.FlushAsync(cancellationToken))).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The host's shutdown must not fail. The disposal of the container ends what is left, and logs it.
        }
    }
}
