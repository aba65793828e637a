using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>The members in which a document of OpenAI's APIs reports an error: <c>error</c>, and parts of the error beside it.</summary>
internal sealed class OpenAIErrorFields
{
    /// <summary>Adds the members to the fields of a reader.</summary>
    public OpenAIErrorFields(UsageFields fields)
    {
        Error = fields.Add("error");
        Code = fields.Add("code");
        Type = fields.Add("type");
        Parameter = fields.Add("param");
    }

    public UsageField Error { get; }

    public UsageField Code { get; }

    /// <summary>Gets the field of <c>type</c>: the type of the event, or of an error that stands in the document itself.</summary>
    public UsageField Type { get; }

    public UsageField Parameter { get; }

    /// <summary>Reads the <c>error</c> member. When it is a text, the code, type and parameter beside it are read.</summary>
    /// <returns>Null when the document reports no error there.</returns>
    public UsageError? FindError(UsageDocument document)
    {
        ReadOnlySpan<byte> error = document[Error];
        return !ErrorObject.IsReported(error) ? null
            : error[0] == (byte)'{' ? ErrorObject.Read(error)
            : ReadFlatError(document);
    }

    /// <summary>Reads an error whose parts are members of the document itself.</summary>
    public UsageError ReadFlatError(UsageDocument document) => ErrorObject.FromMembers(document[Code], document[Type], document[Parameter]);
}
