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

    /// <summary>Gets the shapes of the exceptions, each announced by the first slot and its number.</summary>
    public static IEnumerable<(string Name, JsonShape Value)> Shapes(int firstSlot) =>
        Exceptions.Select((name, number) => (name, JsonShape.Presence(firstSlot + number)));

    /// <summary>Finds the exception that a document is; null when it is none.</summary>
    public static UsageError? Find(JsonCaptures document, int firstSlot)
    {
        for (int number = 0; number < Exceptions.Length; number++)
        {
            if (document.Has(firstSlot + number))
            {
                return new UsageError { Type = Exceptions[number] };
            }
        }

        return null;
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
