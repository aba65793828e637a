using System.Net.Http.Headers;

namespace UsageCapture.Providers;

/// <summary>The names of providers, for <see cref="UsageEndpoint.Provider"/>, and the hosts by which they are recognized.</summary>
internal static class ProviderNames
{
    // Names that other files use too are constants. The other names are only in the table below.

    // These are OpenTelemetry's values of gen_ai.provider.name.
    public const string OpenAI = "openai";
    public const string AzureOpenAI = "azure.ai.openai";
    public const string AzureInference = "azure.ai.inference";
    public const string Mistral = "mistral_ai";
    public const string Gemini = "gcp.gemini";
    public const string VertexAI = "gcp.vertex_ai";
    public const string Cohere = "cohere";
    public const string Bedrock = "aws.bedrock";
    public const string Perplexity = "perplexity";
    public const string Anthropic = "anthropic";

    // OpenTelemetry has no names for these. They follow its style: the company or product in snake case.
    public const string Writer = "writer";
    public const string Jina = "jina_ai";
    public const string DashScope = "dashscope";
    public const string Oracle = "oracle";
    public const string Reka = "reka";
    public const string Sap = "sap";
    public const string Cloudflare = "cloudflare";
    public const string HuggingFace = "hugging_face";
    public const string Ollama = "ollama";
    public const string TypeSafe = "typesafe";

    // The paths of Azure's model inference API, for models of any company. Azure OpenAI has the same hosts, and its paths begin with
    // /openai/.
    private const string AzureInferencePath = "/models/";

    // The id of the request, in a header that Azure's API Management adds to responses of Azure OpenAI.
    private const string AzureRequestIdHeader = "apim-request-id";

    // The first row that matches an address names its provider. The hosts are those of the providers' own API references.
    private static readonly ProviderHostRule[] Hosts =
    [
        // OpenTelemetry has names for these.
        new("api.openai.com", OpenAI),
        new("openai.azure.com", AzureInference) { PathPrefix = AzureInferencePath },
        new("cognitiveservices.azure.com", AzureInference) { PathPrefix = AzureInferencePath },
        new("services.ai.azure.com", AzureInference) { PathPrefix = AzureInferencePath },
        new("openai.azure.com", AzureOpenAI),
        new("cognitiveservices.azure.com", AzureOpenAI),
        new("services.ai.azure.com", AzureOpenAI),
        new("models.ai.azure.com", AzureInference),
        new("models.inference.ai.azure.com", AzureInference), // GitHub Models
        new("amazonaws.com", Bedrock) { RequiredHostText = "bedrock" }, // Other AWS services have hosts at amazonaws.com too.
        new("api.aws", Bedrock), // bedrock-mantle.us-east-1.api.aws
        new("generativelanguage.googleapis.com", Gemini),
        new("googleapis.com", VertexAI) { RequiredHostText = "aiplatform" }, // us-central1-aiplatform.…, aiplatform.eu.rep.…
        new("anthropic.com", Anthropic),
        new("cohere.com", Cohere),
        new("cohere.ai", Cohere),
        new("deepseek.com", "deepseek"),
        new("groq.com", "groq"),
        new("ml.cloud.ibm.com", "ibm.watsonx.ai"),
        new("mistral.ai", Mistral),
        new("perplexity.ai", Perplexity),
        new("x.ai", "x_ai"),

        // OpenTelemetry has no names for these. They follow its style.
        new("ai21.com", "ai21"),
        new("aliyuncs.com", DashScope),
        new("bigmodel.cn", "z_ai"), // Zhipu AI, which is called Z.ai outside China.
        new("cerebras.ai", "cerebras"),
        new("api.cloudflare.com", Cloudflare), // Its gateway at gateway.ai.cloudflare.com serves the APIs of other companies too.
        new("deepinfra.com", "deepinfra"),
        new("fireworks.ai", "fireworks_ai"),
        new("huggingface.co", HuggingFace),
        new("endpoints.huggingface.cloud", HuggingFace),
        new("jina.ai", Jina),
        new("minimax.chat", "minimax"),
        new("minimax.io", "minimax"),
        new("minimaxi.com", "minimax"),
        new("moonshot.ai", "moonshot_ai"),
        new("moonshot.cn", "moonshot_ai"),
        new("nvidia.com", "nvidia"),
        new("ollama.com", Ollama),
        new("openrouter.ai", "openrouter"),
        new("oraclecloud.com", Oracle) { RequiredHostText = "generativeai" }, // inference.generativeai.us-chicago-1.oci.…
        new("ondemand.com", Sap) { RequiredHostText = ".ai." }, // api.ai.prod.eu-central-1.aws.ml.hana.…
        new("reka.ai", Reka),
        new("sambanova.ai", "sambanova"),
        new("together.ai", "together_ai"),
        new("together.xyz", "together_ai"),
        new("typesafe.ai", TypeSafe),
        new("voyageai.com", "voyage_ai"),
        new("writer.com", Writer),
        new("z.ai", "z_ai"),
    ];

    /// <summary>Gets the provider at an address.</summary>
    /// <param name="address">The address.</param>
    /// <param name="fallback">The name for an unknown host: the company that defined the API.</param>
    public static string FromAddress(Uri address, string fallback) => Find(address) ?? fallback;

    /// <summary>Gets whether the host of an address belongs to a known provider.</summary>
    public static bool IsKnownHost(Uri address) => Find(address) is not null;

    /// <summary>Corrects the provider by the headers of its response. A gateway hides Azure's host, but passes Azure's header on.</summary>
    /// <param name="provider">The provider that the address suggests. For the unknown host of a gateway to OpenAI's API it is "openai".</param>
    /// <param name="headers">The headers of the response.</param>
    public static string FromResponse(string provider, HttpResponseHeaders headers) =>
        provider == OpenAI && headers.NonValidated.Contains(AzureRequestIdHeader) ? AzureOpenAI : provider;

    /// <summary>Gets whether the host of an address is a domain or one of its subdomains.</summary>
    /// <param name="address">The address.</param>
    /// <param name="domain">The domain, such as <c>cohere.com</c>.</param>
    public static bool IsInDomain(Uri address, string domain) =>
        address.Host.EndsWith(domain, StringComparison.OrdinalIgnoreCase)
        && (address.Host.Length == domain.Length || address.Host[^(domain.Length + 1)] == '.');

    private static string? Find(Uri address) => Array.Find(Hosts, host => host.Matches(address))?.ProviderName;
}
