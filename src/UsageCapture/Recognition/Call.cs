
namespace UsageCapture.Recognition;

/// <summary>A request that was recognised, with all that its API has to say of it: asked for at once, so that it fails before anything else is done.</summary>
/// <param name="Protocol">The wire format.</param>
/// <param name="Endpoint">What the address says.</param>
/// <param name="Streams">Whether a body that does not say asks for a stream.</param>
/// <param name="HasStreamOptions">Whether streams report usage only when they are asked.</param>
/// <param name="TakesStreamOptions">Whether the endpoint may be asked.</param>
/// <param name="Reader">What reads the response.</param>
internal readonly record struct Call(
    string Protocol, UsageEndpoint Endpoint, bool Streams, bool HasStreamOptions, bool TakesStreamOptions, UsageReader Reader)
{
    /// <summary>A call of nobody knows whose API, until its response tells. Its reader is everybody's and reads nothing.</summary>
    public static readonly Call Unknown = new("", new UsageEndpoint("", ""), Streams: false, HasStreamOptions: false, TakesStreamOptions: false, new NoReader());

    /// <summary>Makes a call of what is known of its address.</summary>
    public static Call To(KnownAddress known) => new(
        known.Provider.Protocol,
        known.Endpoint,
        known.Endpoint.Streaming || known.Provider.StreamsByDefault,
        known.Provider.HasStreamOptions,
        known.TakesStreamOptions,
        known.Provider.CreateReader());

    private sealed class NoReader() : UsageReader(new UsageFields())
    {
        protected override void Read(UsageDocument document) => throw new InvalidOperationException("Nothing is known of this response.");
    }
}
