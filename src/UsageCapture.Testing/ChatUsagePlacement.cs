namespace UsageCapture.Testing;

/// <summary>Where a stream of <see cref="ChatStream"/> reports its usage. Each value is the way of some services.</summary>
public enum ChatUsagePlacement
{
    /// <summary>In a separate chunk after the finish reason, with an empty list of choices. Used by OpenAI, Azure and most others.</summary>
    OwnChunk,

    /// <summary>In a separate chunk after the finish reason, with one empty choice. Used by some gateways.</summary>
    OwnChunkWithChoice,

    /// <summary>In the chunk with the finish reason. Used by Mistral and others.</summary>
    FinishChunk,

    /// <summary>In every chunk, with growing counts. Used by Perplexity, and by vLLM with continuous usage.</summary>
    EveryChunk,

    /// <summary>Inside the choice of the chunk with the finish reason. Used by Moonshot.</summary>
    InsideChoice,

    /// <summary>In the chunk with the finish reason, under <c>x_groq</c> only. Used by Groq if the request did not ask for usage.</summary>
    XGroq,

    /// <summary>In a separate chunk after <c>[DONE]</c>. Rare, for tests of readers: most clients stop reading at <c>[DONE]</c>.</summary>
    AfterDone,
}
