namespace UsageCapture.Testing;

/// <summary>The places in a stream of Gemini's where services put the usage.</summary>
public enum GeminiUsagePlacement
{
    /// <summary>In every chunk, growing: Google's own API.</summary>
    EveryChunk,

    /// <summary>In the last chunk only: Vertex and gateways.</summary>
    LastChunk,
}
