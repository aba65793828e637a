namespace UsageCapture.Testing;

/// <summary>The positions in a streamed chat completion at which services report usage.</summary>
public enum ChatUsagePlacement
{
    /// <summary>In a separate chunk after the finish reason, with an empty list of choices. OpenAI, Azure and most others.</summary>
    OwnChunk,

    /// <summary>In a separate chunk after the finish reason, with one empty choice. Some gateways.</summary>
    OwnChunkWithChoice,

    /// <summary>In the chunk with the finish reason. Mistral and others.</summary>
    FinishChunk,

    /// <summary>In every chunk, with growing counts. vLLM with continuous usage, Perplexity.</summary>
    EveryChunk,

    /// <summary>Inside the choice of the chunk with the finish reason. Moonshot.</summary>
    Choice,

    /// <summary>In the chunk with the finish reason, under <c>x_groq</c> only. Groq, if the request did not ask for usage.</summary>
    XGroq,

    /// <summary>After <c>[DONE]</c>. Most clients stop reading before it.</summary>
    AfterDone,
}
