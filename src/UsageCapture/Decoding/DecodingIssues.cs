namespace UsageCapture.Decoding;

/// <summary>What the decoder could not read in a body. The record reports it as <see cref="UsageAnomalies"/>.</summary>
[Flags]
internal enum DecodingIssues
{
    /// <summary>The decoder could read everything.</summary>
    None = 0,

    /// <summary>A document or an event was not the JSON object that it should be. It was skipped.</summary>
    UndecodableDocument = 1 << 0,

    /// <summary>The values of one document were larger than the space for them. Some were left out.</summary>
    OversizedDocument = 1 << 1,

    /// <summary>The body was empty, or in no form that holds JSON documents.</summary>
    UnrecognizedBody = 1 << 2,

    /// <summary>The body was in a form without documents, such as audio. Its API allows that, but no usage can be read.</summary>
    BodyWithoutDocuments = 1 << 3,

    /// <summary>The content coding is unknown or damaged, or the body decompresses to more bytes than <see cref="DecompressionBudget"/> allows.</summary>
    UndecodableEncoding = 1 << 4,

    /// <summary>A stream of events ended without the text that marks its end, such as <c>[DONE]</c>.</summary>
    MissingTerminator = 1 << 5,
}
