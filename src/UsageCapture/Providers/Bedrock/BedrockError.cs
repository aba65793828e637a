using System.Net.Http.Headers;

using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>What errors of Amazon Bedrock call themselves, outside event streams' own headers.</summary>
internal static class BedrockError
{
    private const int MaxType = 128;

    // The members of the union that both streamed actions answer with; gateways that forward it as JSON keep its names.
    private static readonly string[] Exceptions =
    [
        "internalServerException", "modelStreamErrorException", "modelTimeoutException", "serviceUnavailableException",
        "throttlingException", "validationException",
    ];

    /// <summary>Gets the members that are an error or name one.</summary>
    /// <param name="firstSlot">The first of the slots that they are captured in: all from this on.</param>
    public static IEnumerable<(string Name, JsonShape Value)> Shapes(int firstSlot) =>
    [
        ("error", JsonShape.Text(firstSlot)),
        ("__type", JsonShape.Text(firstSlot + 1)),
        ("Output", JsonShape.Object(("__type", JsonShape.Text(firstSlot + 1)))), // With a status of 200, where there is no such action.
        .. Exceptions.Select((name, number) => (name, JsonShape.Presence(firstSlot + 2 + number))),
    ];

    /// <summary>Finds the error that a document is or has; null when there is none.</summary>
    /// <param name="document">A document in which <see cref="Shapes"/> were looked for.</param>
    /// <param name="firstSlot">The first of their slots.</param>
    public static UsageError? Find(JsonCaptures document, int firstSlot)
    {
        for (int number = 0; number < Exceptions.Length; number++)
        {
            if (document.Has(firstSlot + 2 + number))
            {
                return new UsageError { Type = Exceptions[number] };
            }
        }

        ReadOnlySpan<byte> error = document.Last(firstSlot);
        ReadOnlySpan<byte> type = document.Last(firstSlot + 1);
        return error is [(byte)'{', ..] or [(byte)'"', not (byte)'"', ..] ? ErrorObject.Read(error)
            : JsonValue.HasText(type) ? ErrorObject.Of(code: default, type)
            : null;
    }

    /// <summary>Reads <c>x-amzn-errortype</c>, which names a refusal; a colon and an address may follow the name.</summary>
    public static UsageError? Find(HttpResponseHeaders headers)
    {
        if (!headers.NonValidated.TryGetValues("x-amzn-errortype", out HeaderStringValues values))
        {
            return null;
        }

        ReadOnlySpan<char> type = values.ToString();
        int end = type.IndexOfAny(':', ',');
        type = (end < 0 ? type : type[..end]).Trim();
        return type.IsEmpty ? null : new UsageError { Type = type[..Math.Min(type.Length, MaxType)].ToString() };
    }
}
