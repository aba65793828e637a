namespace UsageCapture.Testing;

/// <summary>The places in a streamed chat where services put the usage.</summary>
public enum ChatUsagePlacement
{
    /// <summary>In a chunk of its own after the finish, with an empty list of choices: OpenAI, Azure and most others.</summary>
    OwnChunk,

    /// <summary>In a chunk of its own after the finish, beside a choice with nothing in it: some gateways.</summary>
    OwnChunkWithChoice,

    /// <summary>In the chunk with the finish reason: Mistral and others.</summary>
    FinishChunk,

    /// <summary>In every chunk, growing: vLLM with continuous usage, Perplexity.</summary>
    EveryChunk,

    /// <summary>Inside the choice of the finish chunk: Moonshot.</summary>
    Choice,

    /// <summary>In the finish chunk under <c>x_groq</c> only: Groq for requests that did not ask.</summary>
    XGroq,

    /// <summary>After <c>[DONE]</c>.</summary>
    AfterDone,
}
