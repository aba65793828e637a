using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>Mistral's conversations, with agents and without: begun, gone on with, begun again.</summary>
/// <remarks>
/// The tokens of its own tools, <c>connector_tokens</c>, are in the total and neither in the prompt nor in the answer. As Mistral does
/// not say whether it bills them as input or as output, they are left where they are: in the total, and in the raw usage.
/// </remarks>
internal sealed class MistralConversationsProvider : UsageProvider
{
    public override string Protocol => "mistral-conversations";

    // OpenAI's conversations have the same path and make no model work. Behind a gateway the answer tells whose it is.
    public override bool Matches(Uri address) =>
        ProviderNames.IsAt(address, "mistral.ai")
        && address.AbsolutePath.Contains("/v1/conversations", StringComparison.OrdinalIgnoreCase);

    public override UsageEndpoint Describe(Uri address) => new(ProviderNames.At(address, ProviderNames.Mistral), "invoke_agent");

    public override UsageReader CreateReader() => new Reader();

    /// <summary>Reads the conversation's response, or the event that ends its stream and has nothing but the usage.</summary>
    private sealed class Reader() : OpenAIReader(Fields)
    {
        private static readonly UsageFields Fields =
            new("conversation_id", "type", "model", "outputs[].model", "usage", "code");

        protected override void Read(UsageDocument document)
        {
            ReadOnlySpan<byte> type = document["type"];
            TakeResponseId(document["conversation_id"]);
            TakeResponseModel(document["model"]);
            TakeResponseModel(document["outputs[].model"]);
            TakeUsage(document["usage"], isFinal: true);
            bool isError = JsonValue.TextEquals(type, "conversation.response.error");
            if (isError)
            {
                TakeError(ErrorObject.Of(document["code"], type));
            }

            if (isError || JsonValue.TextEquals(type, "conversation.response.done"))
            {
                End();
            }
        }
    }
}
