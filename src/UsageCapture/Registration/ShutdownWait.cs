using UsageCapture.Exchanges;

namespace UsageCapture.Registration;

/// <summary>Makes the disposal of a container wait for background work before it disposes the sinks, which this work still needs.</summary>
/// <remarks>
/// A container disposes services in reverse order of their creation. <see cref="BackgroundWork"/> is created with the first handler,
/// before the sinks, and so would be disposed too late. <see cref="ContainerSinks"/> creates this service after the sinks.
/// </remarks>
/// <param name="backgroundWork">The background work of all handlers. The container disposes it again later, which is harmless.</param>
internal sealed class ShutdownWait(BackgroundWork backgroundWork) : IDisposable, IAsyncDisposable
{
    public void Dispose() => backgroundWork.Dispose();

    public ValueTask DisposeAsync() => backgroundWork.DisposeAsync();
}
