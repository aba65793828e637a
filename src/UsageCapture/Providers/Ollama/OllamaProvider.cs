using System.Text;

using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>Ollama's own API. It streams unless it is told not to.</summary>
/// <remarks>Others may serve something else at these paths, a chat of their own: then there is a record, and it says that nothing was read.</remarks>
internal sealed class OllamaProvider : UsageProvider
{
    public override string Protocol => "ollama";

    public override bool Matches(Uri address) => Operation(address) is not null;

    public override UsageEndpoint Describe(Uri address)
    {
        string operation = Operation(address) ?? "chat";
        return new UsageEndpoint(ProviderNames.At(address, "ollama"), operation) { Streaming = operation != "embeddings" };
    }

    public override UsageReader CreateReader() => new Reader();

    private static string? Operation(Uri address) =>
        AddressParts.EndsWith(address, "/api/chat") ? "chat"
        : AddressParts.EndsWith(address, "/api/generate") ? "text_completion"
        : AddressParts.EndsWith(address, "/api/embed") || AddressParts.EndsWith(address, "/api/embeddings") ? "embeddings"
        : null;

    /// <summary>Reads one object a line, or the only one. The counts stand beside everything else in the object that says it is done.</summary>
    /// <remarks>
    /// What counts to zero is left out, and older versions left the prompt out when it was cached, so a missing count is unknown. The
    /// output includes thinking; no count of it alone is reported.
    /// </remarks>
    private sealed class Reader() : UsageReader(Fields)
    {
        private static readonly string[] CountNames = ["prompt_eval_count", "prompt_eval_cached_count", "eval_count"];

        private static readonly UsageFields Fields = new(["model", "done", "done_reason", "error", .. CountNames]);

        private protected override bool EndsItself => true;

        protected override void Read(UsageDocument document)
        {
            TakeResponseModel(document["model"]);
            bool goesOn = document["done"] is [(byte)'f', ..]; // Embeddings are done without saying so, and so is what failed.
            if (document["done"] is [(byte)'t', ..])
            {
                TakeFinishReason(document["done_reason"]);
            }

            ReadUsage(document, isFinal: !goesOn);
            ReadError(document["error"]);
            if (!goesOn)
            {
                End();
            }
        }

        private static string Verbatim(UsageDocument document)
        {
            var raw = new StringBuilder();
            foreach (string name in CountNames)
            {
                if (!document[name].IsEmpty)
                {
                    raw.Append(raw.Length == 0 ? "{\"" : ",\"").Append(name).Append("\":").Append(Encoding.UTF8.GetString(document[name]));
                }
            }

            return raw.Append('}').ToString();
        }

        private void ReadUsage(UsageDocument document, bool isFinal)
        {
            var usage = new TokenUsage
            {
                InputTokens = ReadCount(document["prompt_eval_count"]),
                CachedInputTokens = ReadCount(document["prompt_eval_cached_count"]),
                OutputTokens = ReadCount(document["eval_count"]),
            };
            if (usage.InputTokens is not null || usage.OutputTokens is not null)
            {
                TakeUsage(usage, Encoding.UTF8.GetBytes(Verbatim(document)), isFinal);
            }
        }

        private void ReadError(ReadOnlySpan<byte> error)
        {
            if (error is [(byte)'{', ..] || JsonValue.HasText(error))
            {
                TakeError(ErrorObject.Read(error));
            }
        }
    }
}
