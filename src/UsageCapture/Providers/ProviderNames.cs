using System.Net.Http.Headers;

namespace UsageCapture.Providers;

/// <summary>The names of providers, for <see cref="UsageEndpoint.Provider"/>, and the hosts by which they are known.</summary>
internal static class ProviderNames
{
    // OpenTelemetry's values of gen_ai.provider.name.
    public const string OpenAI = "openai";
    public const string AzureOpenAI = "azure.ai.openai";
    public const string AzureInference = "azure.ai.inference";
    public const string Mistral = "mistral_ai";
    public const string Gemini = "gcp.gemini";
    public const string VertexAI = "gcp.vertex_ai";
    public const string Cohere = "cohere";
    public const string Bedrock = "aws.bedrock";

    // OpenTelemetry has no names for these. They are formed like its own.
    public const string Writer = "writer";
    public const string Jina = "jina_ai";

    // Serves other models beside OpenAI's on the same hosts as these.
    private const string AzureInferencePath = "/models/";

    // The first row that fits an address names its provider. The hosts are those of the providers' own API references.
    private static readonly ProviderHost[] Hosts =
    [
        // Names of OpenTelemetry.
        new("api.openai.com", OpenAI),
        new("openai.azure.com", AzureInference) { PathStart = AzureInferencePath },
        new("cognitiveservices.azure.com", AzureInference) { PathStart = AzureInferencePath },
        new("services.ai.azure.com", AzureInference) { PathStart = AzureInferencePath },
        new("openai.azure.com", AzureOpenAI),
        new("cognitiveservices.azure.com", AzureOpenAI),
        new("services.ai.azure.com", AzureOpenAI),
        new("models.ai.azure.com", AzureInference),
        new("models.inference.ai.azure.com", AzureInference), // GitHub Models
        new("amazonaws.com", Bedrock) { HostPart = "bedrock" }, // Load balancers and Lambda functions are at amazonaws.com, too.
        new("api.aws", Bedrock),
        new("generativelanguage.googleapis.com", Gemini),
        new("googleapis.com", VertexAI) { HostPart = "aiplatform" }, // us-central1-aiplatform.…, aiplatform.eu.rep.…
        new("anthropic.com", "anthropic"),
        new("cohere.com", Cohere),
        new("cohere.ai", Cohere),
        new("deepseek.com", "deepseek"),
        new("groq.com", "groq"),
        new("ml.cloud.ibm.com", "ibm.watsonx.ai"),
        new("mistral.ai", Mistral),
        new("perplexity.ai", "perplexity"),
        new("x.ai", "x_ai"),

        // OpenTelemetry has no names for these. They are formed like its own.
        new("ai21.com", "ai21"),
        new("aliyuncs.com", "dashscope"),
        new("bigmodel.cn", "z_ai"),
        new("cerebras.ai", "cerebras"),
        new("deepinfra.com", "deepinfra"),
        new("fireworks.ai", "fireworks_ai"),
        new("huggingface.co", "hugging_face"),
        new("jina.ai", Jina),
        new("minimax.chat", "minimax"),
        new("minimax.io", "minimax"),
        new("minimaxi.com", "minimax"),
        new("moonshot.ai", "moonshot_ai"),
        new("moonshot.cn", "moonshot_ai"),
        new("nvidia.com", "nvidia"),
        new("openrouter.ai", "openrouter"),
        new("sambanova.ai", "sambanova"),
        new("together.ai", "together_ai"),
        new("together.xyz", "together_ai"),
        new("voyageai.com", "voyage_ai"),
        new("writer.com", Writer),
        new("z.ai", "z_ai"),
    ];

    /// <summary>Gets the provider at an address.</summary>
    /// <param name="address">The address.</param>
    /// <param name="other">The name for a host that is not known: the provider whose API the path belongs to.</param>
    public static string At(Uri address, string other)
    {
        foreach (ProviderHost host in Hosts)
        {
            if (host.Contains(address))
            {
                return host.Provider;
            }
        }

        return other;
    }

    /// <summary>Gets the provider after it has answered. Azure OpenAI is known by its headers, also behind a host that is not Azure's.</summary>
    /// <param name="provider">The provider by the address.</param>
    /// <param name="headers">The headers of the response.</param>
    public static string FromResponse(string provider, HttpResponseHeaders headers) =>
        provider == OpenAI && headers.NonValidated.Contains("apim-request-id") ? AzureOpenAI : provider;

    /// <summary>Gets whether the host of an address is a domain or below it.</summary>
    /// <param name="address">The address.</param>
    /// <param name="domain">The domain, such as <c>cohere.com</c>.</param>
    public static bool IsAt(Uri address, string domain) =>
        address.Host.EndsWith(domain, StringComparison.OrdinalIgnoreCase)
        && (address.Host.Length == domain.Length || address.Host[^(domain.Length + 1)] == '.');
}
