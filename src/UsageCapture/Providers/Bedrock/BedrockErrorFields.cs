using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>The members in which documents of Amazon Bedrock report an error.</summary>
internal sealed class BedrockErrorFields
{
    // The exceptions among the events of ConverseStream and InvokeModelWithResponseStream (Bedrock Runtime API reference). AWS sends
    // them in the headers of a message. Gateways that forward events as JSON keep the names as members.
    private static readonly string[] ExceptionNames =
    [
        "internalServerException", "modelStreamErrorException", "modelTimeoutException", "serviceUnavailableException",
        "throttlingException", "validationException",
    ];

    private readonly UsageField _error;
    private readonly UsageField _type;
    private readonly UsageField[] _exceptions;

    /// <summary>Adds the members to the fields of a reader.</summary>
    public BedrockErrorFields(UsageFields fields)
    {
        _error = fields.Add("error");
        _type = fields.Add("__type", "Output.__type"); // The second with status 200, at a path that Bedrock does not serve.
        _exceptions = [.. ExceptionNames.Select(name => fields.Add(name + "?"))];
    }

    /// <summary>Finds the error that a document reports.</summary>
    /// <returns>Null when it reports none.</returns>
    public UsageError? FindError(UsageDocument document)
    {
        for (int i = 0; i < _exceptions.Length; i++)
        {
            if (document.Has(_exceptions[i]))
            {
                return new UsageError { Type = ExceptionNames[i] };
            }
        }

        return document[_error] is [(byte)'{', ..] or [(byte)'"', not (byte)'"', ..] ? ErrorObject.Read(document[_error])
            : ErrorObject.FromAwsFault(document[_type]);
    }
}
