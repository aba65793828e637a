using UsageCapture.Exchanges;

namespace UsageCapture.Registration;

/// <summary>Makes the disposal of a container wait for background work before it disposes the sinks, which this work still needs.</summary>
/// <remarks>
/// A container disposes services in reverse order of their creation. <see cref="BackgroundWork"/> is created with the first handler,
/// before the sinks, and so would be disposed too late. <see cref="ContainerSinks"/> creates this service after the sinks.
/// </remarks>
/// <param name="background">The background work of all handlers. Disposing it twice is harmless.</param>
internal sealed class ShutdownWait(BackgroundWork background) : IDisposable, IAsyncDisposable
{
    public void Dispose() => background.Dispose();

    public ValueTask DisposeAsync() => background.DisposeAsync();
}
