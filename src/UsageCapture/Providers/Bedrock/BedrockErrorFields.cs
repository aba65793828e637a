using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>The fields of errors in documents of Amazon Bedrock, and the method that reads an error from them.</summary>
/// <remarks>
/// Each reader class creates one instance in a static field, which adds the error members to the fields of that reader. The reader calls
/// <see cref="FindError"/> for each document.
/// </remarks>
internal sealed class BedrockErrorFields
{
    // The exceptions that ConverseStream and InvokeModelWithResponseStream send as events (Bedrock Runtime API reference). AWS names them
    // in the headers of the event. Gateways that forward events as JSON make the name a member: {"throttlingException":{…}}.
    private static readonly string[] ExceptionNames =
    [
        "internalServerException", "modelStreamErrorException", "modelTimeoutException", "serviceUnavailableException",
        "throttlingException", "validationException",
    ];

    private readonly UsageField _error;
    private readonly UsageField _awsFaultType;
    private readonly UsageField[] _exceptions;

    /// <summary>Adds the members of errors to the fields of a reader.</summary>
    public BedrockErrorFields(UsageFields fields)
    {
        _error = fields.Add("error");

        // Two paths of one field are alternatives. Bedrock answers a request to an unknown path with status 200 and Output.__type.
        _awsFaultType = fields.Add("__type", "Output.__type");

        // "?": only the presence of the member is noted, not its value.
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

        ReadOnlySpan<byte> error = document[_error];
        bool isObject = error is [(byte)'{', ..];
        bool isNonEmptyText = error is [(byte)'"', not (byte)'"', ..];
        if (isObject || isNonEmptyText)
        {
            return ErrorReader.Read(error);
        }

        return ErrorReader.ReadAwsFault(document[_awsFaultType]); // Null when the document has no __type.
    }
}
