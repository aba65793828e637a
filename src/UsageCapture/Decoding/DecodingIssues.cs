namespace UsageCapture.Decoding;

/// <summary>What the decoder could not read of a body.</summary>
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

    /// <summary>The body was in a form without documents, such as audio, and its API allows that.</summary>
    BodyWithoutDocuments = 1 << 3,

    /// <summary>The content coding is not known, it was damaged, or the body decompresses to too many bytes.</summary>
    UndecodableEncoding = 1 << 4,

    /// <summary>A stream of events ended without the data that ends it.</summary>
    MissingTerminator = 1 << 5,
}
