using System.Collections.Frozen;
using System.Net.Http.Headers;

namespace UsageCapture.Providers;

/// <summary>Who answers at an address, by the OpenTelemetry names for <c>gen_ai.provider.name</c> where there is one.</summary>
internal static class ProviderNames
{
    public const string OpenAI = "openai";
    public const string AzureOpenAI = "azure.ai.openai";
    public const string AzureInference = "azure.ai.inference";
    public const string Mistral = "mistral_ai";
    public const string Gemini = "gcp.gemini";
    public const string VertexAI = "gcp.vertex_ai";
    public const string Cohere = "cohere";
    public const string Bedrock = "aws.bedrock";
    public const string Writer = "writer";
    public const string Jina = "jina_ai";

    // The names are OpenTelemetry's for gen_ai.provider.name where it has one. A host is its name or any name below it.
    private static readonly FrozenDictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> Hosts = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
    {
        ["api.openai.com"] = OpenAI,
        ["openai.azure.com"] = AzureOpenAI,
        ["cognitiveservices.azure.com"] = AzureOpenAI,
        ["services.ai.azure.com"] = AzureOpenAI,
        ["models.ai.azure.com"] = AzureInference,
        ["amazonaws.com"] = Bedrock,
        ["api.aws"] = Bedrock,
        ["generativelanguage.googleapis.com"] = Gemini,
        ["models.inference.ai.azure.com"] = AzureInference, // GitHub Models
        ["ai21.com"] = "ai21",
        ["aliyuncs.com"] = "dashscope",
        ["anthropic.com"] = "anthropic",
        ["bigmodel.cn"] = "z_ai",
        ["cerebras.ai"] = "cerebras",
        ["cohere.ai"] = Cohere,
        ["cohere.com"] = Cohere,
        ["deepinfra.com"] = "deepinfra",
        ["deepseek.com"] = "deepseek",
        ["fireworks.ai"] = "fireworks_ai",
        ["groq.com"] = "groq",
        ["huggingface.co"] = "hugging_face",
        ["jina.ai"] = Jina,
        ["minimax.chat"] = "minimax",
        ["minimax.io"] = "minimax",
        ["minimaxi.com"] = "minimax",
        ["mistral.ai"] = Mistral,
        ["ml.cloud.ibm.com"] = "ibm.watsonx.ai",
        ["moonshot.ai"] = "moonshot_ai",
        ["moonshot.cn"] = "moonshot_ai",
        ["nvidia.com"] = "nvidia",
        ["openrouter.ai"] = "openrouter",
        ["perplexity.ai"] = "perplexity",
        ["sambanova.ai"] = "sambanova",
        ["together.ai"] = "together_ai",
        ["together.xyz"] = "together_ai",
        ["voyageai.com"] = "voyage_ai",
        ["writer.com"] = Writer,
        ["x.ai"] = "x_ai",
        ["z.ai"] = "z_ai",
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase).GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Says who answers at a host.</summary>
    /// <param name="address">The address.</param>
    /// <param name="other">Who answers where the host says nothing: whose protocol it is.</param>
    public static string At(Uri address, string other)
    {
        ReadOnlySpan<char> host = address.Host;
        for (int dot = 0; dot >= 0; dot = host.IndexOf('.'), host = host[(dot + 1)..])
        {
            if (Hosts.TryGetValue(host, out string? provider))
            {
                // Azure AI Foundry serves its model inference endpoint beside OpenAI's. Load balancers, Lambda's functions and SageMaker's
                // endpoints have their names below Amazon's, too: what answers there is anybody's.
                return provider == AzureOpenAI && address.AbsolutePath.StartsWith("/models/", StringComparison.OrdinalIgnoreCase) ? AzureInference
                    : provider == Bedrock && !address.Host.Contains("bedrock", StringComparison.OrdinalIgnoreCase) && IsAt(address, "amazonaws.com") ? other
                    : provider;
            }
        }

        // Vertex AI has a host for each region: us-central1-aiplatform.googleapis.com, aiplatform.eu.rep.googleapis.com.
        return IsAt(address, "googleapis.com") && address.Host.Contains("aiplatform", StringComparison.OrdinalIgnoreCase) ? VertexAI : other;
    }

    /// <summary>Says who answered, now that there is an answer: Azure names itself in its headers also behind a host that does not.</summary>
    public static string Answered(string provider, HttpResponseHeaders headers) =>
        provider == OpenAI && headers.NonValidated.Contains("apim-request-id") ? AzureOpenAI : provider;

    /// <summary>Gets whether an address is at a host, or at one whose name is below it.</summary>
    public static bool IsAt(Uri address, string known) =>
        address.Host.EndsWith(known, StringComparison.OrdinalIgnoreCase)
        && (address.Host.Length == known.Length || address.Host[^(known.Length + 1)] == '.');
}
