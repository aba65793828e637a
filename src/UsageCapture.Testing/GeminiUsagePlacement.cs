namespace UsageCapture.Testing;

/// <summary>Where a stream of <see cref="GeminiStream"/> reports its usage. Each value is the way of some services.</summary>
public enum GeminiUsagePlacement
{
    /// <summary>In every chunk, with growing counts. Used by the Gemini Developer API, <c>generativelanguage.googleapis.com</c>.</summary>
    EveryChunk,

    /// <summary>In the last chunk only. Used by Vertex AI and by gateways.</summary>
    LastChunk,
}
