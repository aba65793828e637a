namespace UsageCapture.Testing;

/// <summary>The positions in a Gemini stream at which services report usage.</summary>
public enum GeminiUsagePlacement
{
    /// <summary>In every chunk, with growing counts. Google's own API.</summary>
    EveryChunk,

    /// <summary>In the last chunk only. Vertex AI and gateways.</summary>
    LastChunk,
}
