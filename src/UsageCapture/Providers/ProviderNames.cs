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

    // The names are OpenTelemetry's for gen_ai.provider.name where it has one. A host is its name or any name below it.
    private static readonly (string Host, string Provider)[] Hosts =
    [
        ("api.openai.com", OpenAI),
        ("openai.azure.com", AzureOpenAI),
        ("cognitiveservices.azure.com", AzureOpenAI),
        ("services.ai.azure.com", AzureOpenAI),
        ("models.ai.azure.com", AzureInference),
        ("amazonaws.com", "aws.bedrock"),
        ("api.aws", "aws.bedrock"),
        ("generativelanguage.googleapis.com", Gemini),
        ("anthropic.com", "anthropic"),
        ("cohere.ai", Cohere),
        ("cohere.com", Cohere),
        ("deepseek.com", "deepseek"),
        ("groq.com", "groq"),
        ("jina.ai", "jina"),
        ("mistral.ai", Mistral),
        ("openrouter.ai", "openrouter"),
        ("perplexity.ai", "perplexity"),
        ("voyageai.com", "voyageai"),
        ("writer.com", "writer"),
        ("x.ai", "x_ai"),
    ];

    /// <summary>Says who answers at a host.</summary>
    /// <param name="address">The address.</param>
    /// <param name="other">Who answers where the host says nothing: whose protocol it is.</param>
    public static string At(Uri address, string other)
    {
        foreach ((string known, string provider) in Hosts)
        {
            if (IsAt(address, known))
            {
                // Azure AI Foundry serves its model inference endpoint beside OpenAI's.
                return provider == AzureOpenAI && address.AbsolutePath.StartsWith("/models/", StringComparison.OrdinalIgnoreCase)
                    ? AzureInference
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
