using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>
/// The fields of an error in documents of OpenAI's APIs, and the methods that read it: the <c>error</c> member, or a flat error.
/// </summary>
/// <remarks>
/// The parts of a flat error are members of the document itself: <c>{"code":"…","type":"…","param":null}</c>. Each reader class makes one
/// static instance, which adds its fields to those of the reader, and calls the methods for each document.
/// </remarks>
internal sealed class OpenAIErrorFields
{
    /// <summary>Adds the members of an error to the fields of a reader.</summary>
    public OpenAIErrorFields(UsageFields fields)
    {
        Error = fields.Add("error");
        Code = fields.Add("code");
        TopLevelType = fields.Add("type");
        Parameter = fields.Add("param");
    }

    /// <summary>Gets the field of <c>error</c>: an object, a text, null, or missing.</summary>
    public UsageField Error { get; }

    /// <summary>Gets the field of a flat error's code.</summary>
    public UsageField Code { get; }

    /// <summary>Gets the field of the document's own <c>type</c>. It is the type of the event, or that of a flat error.</summary>
    public UsageField TopLevelType { get; }

    /// <summary>Gets the field of a flat error's parameter: the part of the request that caused the error.</summary>
    public UsageField Parameter { get; }

    /// <summary>Reads the error that the <c>error</c> member reports. When the member is a text, the document is a flat error.</summary>
    /// <returns>
    /// Null when the <c>error</c> member reports no error. An error without code, type and parameter when the document has only a text.
    /// </returns>
    public UsageError? FindError(UsageDocument document)
    {
        ReadOnlySpan<byte> error = document[Error];
        if (!ErrorReader.IsReported(error))
        {
            return null;
        }

        bool isObject = error[0] == (byte)'{';
        return isObject ? ErrorReader.Read(error) : ReadFlatError(document);
    }

    /// <summary>Reads a flat error. Call it for a document that is known to be one.</summary>
    public UsageError ReadFlatError(UsageDocument document) => ErrorReader.ReadParts(document[Code], document[TopLevelType], document[Parameter]);
}
