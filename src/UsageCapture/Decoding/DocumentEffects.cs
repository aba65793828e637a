namespace UsageCapture.Decoding;

/// <summary>What a document meant to its handler, as far as the decoder has to know.</summary>
[Flags]
internal enum DocumentEffects
{
    /// <summary>The document repeated what was known. Documents like it may be skipped without reading them.</summary>
    None = 0,

    /// <summary>The document changed what the handler knows. Documents that repeated something before may be new after it.</summary>
    New = 1 << 0,

    /// <summary>The response has said that it is complete, in this document or before.</summary>
    Ended = 1 << 1,

    /// <summary>The handler has everything. Nothing after the document is decoded.</summary>
    Stop = 1 << 2,

    /// <summary>Every choice that began has finished.</summary>
    EveryChoiceFinished = 1 << 3,

    /// <summary>The document reports usage and has nothing else in it.</summary>
    UsageOnly = 1 << 4,
}
