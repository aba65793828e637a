using System.Globalization;
using System.Text;

using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>IBM watsonx's text generation. Its chat answers as OpenAI's does, and is known by that.</summary>
internal sealed class WatsonxProvider : UsageProvider
{
    private static readonly string[] Actions = ["/text/generation", "/generation/text"];
    private static readonly string[] StreamedActions = ["/text/generation_stream", "/generation/text_stream"];

    public override string Protocol => "watsonx-generation";

    public override bool Matches(Uri address) =>
        address.AbsolutePath.Contains("/ml/v1", StringComparison.OrdinalIgnoreCase)
        && (EndsWithAny(address, Actions) || EndsWithAny(address, StreamedActions));

    public override UsageEndpoint Describe(Uri address) => new(ProviderNames.At(address, "ibm.watsonx.ai"), "text_completion")
    {
        Deployment = AddressParts.Segment(address, "/deployments/"),
        ApiVersion = AddressParts.QueryValue(address, "version"),
        Streaming = EndsWithAny(address, StreamedActions),
    };

    public override UsageReader CreateReader() => new Reader();

    private static bool EndsWithAny(Uri address, string[] ends) => Array.Exists(ends, end => AddressParts.EndsWith(address, end));

    /// <summary>Reads the result, or one event of it after another.</summary>
    /// <remarks>A stream counts the input in its first event, and zeros after that; the output is counted as it goes on.</remarks>
    private sealed class Reader() : UsageReader(Fields)
    {
        private static readonly UsageFields Fields = new(
            "model_id", "results[].stop_reason", "results[].input_token_count", "results[].generated_token_count", "errors[].code");

        protected override void Read(UsageDocument document)
        {
            TakeResponseModel(document["model_id"]);
            ReadStopReason(document["results[].stop_reason"]);
            ReadUsage(document);
            if (JsonValue.HasText(document["errors[].code"]))
            {
                TakeError(ErrorObject.Of(document["errors[].code"], type: default));
            }
        }

        private void ReadStopReason(ReadOnlySpan<byte> reason)
        {
            if (!reason.IsEmpty)
            {
                TakeFinishReason(JsonValue.TextEquals(reason, "not_finished") ? default : reason);
            }
        }

        private void ReadUsage(UsageDocument document)
        {
            long? input = ReadCount(document["results[].input_token_count"]);
            long? output = ReadCount(document["results[].generated_token_count"]);
            if ((input ?? output) is null)
            {
                return;
            }

            input = input > 0 ? input : Usage?.InputTokens ?? input;
            output ??= Usage?.OutputTokens;
            string raw = string.Create(CultureInfo.InvariantCulture, $$"""{"input_token_count":{{input}},"generated_token_count":{{output}}}""");
            TakeUsage(new TokenUsage { InputTokens = input, OutputTokens = output }, Encoding.UTF8.GetBytes(raw), isFinal: EveryChoiceFinished);
        }
    }
}
