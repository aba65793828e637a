using System.Net.Http.Headers;

namespace UsageCapture.Providers;

/// <summary>What the address of a chat completions request says: who answers, and whether to ask for usage there.</summary>
/// <param name="Provider">The OpenTelemetry name of the provider.</param>
/// <param name="Deployment">The Azure deployment named in the path.</param>
/// <param name="ApiVersion">The <c>api-version</c> of the query.</param>
internal sealed record ChatCompletionsEndpoint(string Provider, string? Deployment, string? ApiVersion)
{
    public const string Protocol = "openai-chat";
    public const string Operation = "chat";

    private const string OpenAI = "openai";
    private const string AzureOpenAI = "azure.ai.openai";
    private const string AzureInference = "azure.ai.inference";
    private const string Mistral = "mistral_ai";

    // Microsoft Learn, "Azure OpenAI API version lifecycle": stream_options came with 2024-09-01-preview. Versions are dates, and
    // sort as text.
    private const string FirstApiVersionWithUsage = "2024-09-01";

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
        ("generativelanguage.googleapis.com", "gcp.gemini"),
        ("aiplatform.googleapis.com", "gcp.vertex_ai"),
        ("anthropic.com", "anthropic"),
        ("cohere.ai", "cohere"),
        ("cohere.com", "cohere"),
        ("deepseek.com", "deepseek"),
        ("groq.com", "groq"),
        ("mistral.ai", Mistral),
        ("openrouter.ai", "openrouter"),
        ("perplexity.ai", "perplexity"),
        ("writer.com", "writer"),
        ("x.ai", "x_ai"),
    ];

    /// <summary>
    /// Gets whether usage may be asked for here: not where it is known to be refused, as with old dated Azure versions and Mistral, nor
    /// where any model may answer, as with Azure's model inference endpoint.
    /// </summary>
    public bool TakesStreamOptions =>
        Provider is not (Mistral or AzureInference)
        && (ApiVersion is not ['0' or '1' or '2', ..] || string.CompareOrdinal(ApiVersion, FirstApiVersionWithUsage) >= 0);

    /// <summary>Recognises a request for chat completions by its method and the end of its path, for gateways put anything before it.</summary>
    /// <returns>The endpoint; null when the request is something else.</returns>
    public static ChatCompletionsEndpoint? Match(HttpRequestMessage request)
    {
        if (request.Method != HttpMethod.Post || request.RequestUri is not { IsAbsoluteUri: true } uri)
        {
            return null;
        }

        string path = uri.AbsolutePath;
        ReadOnlySpan<char> trimmed = path.AsSpan().TrimEnd('/');
        bool isChat = trimmed.EndsWith("/chat/completions", StringComparison.OrdinalIgnoreCase)
            || (trimmed.EndsWith("/v1/chat", StringComparison.OrdinalIgnoreCase) && IsAt(uri.Host, "writer.com"));
        if (!isChat)
        {
            return null;
        }

        string? deployment = Deployed(path);
        return new ChatCompletionsEndpoint(
            deployment is null ? ProviderAt(uri.Host, path) : AzureOpenAI, deployment, QueryValue(uri.Query, "api-version"));
    }

    /// <summary>Says who answered, now that there is an answer: Azure names itself in its headers also behind a host that does not.</summary>
    public string ProviderOf(HttpResponseHeaders headers) =>
        Provider == OpenAI && headers.NonValidated.Contains("apim-request-id") ? AzureOpenAI : Provider;

    private static string ProviderAt(string host, string path)
    {
        foreach ((string known, string provider) in Hosts)
        {
            if (IsAt(host, known))
            {
                // Azure AI Foundry serves its model inference endpoint beside OpenAI's.
                return provider == AzureOpenAI && path.StartsWith("/models/", StringComparison.OrdinalIgnoreCase) ? AzureInference : provider;
            }
        }

        return OpenAI;
    }

    private static bool IsAt(string host, string known) =>
        host.EndsWith(known, StringComparison.OrdinalIgnoreCase)
        && (host.Length == known.Length || host[^(known.Length + 1)] == '.');

    private static string? Deployed(string path)
    {
        const string Deployments = "/openai/deployments/";
        int start = path.IndexOf(Deployments, StringComparison.OrdinalIgnoreCase);
        if (start < 0)
        {
            return null;
        }

        ReadOnlySpan<char> name = path.AsSpan(start + Deployments.Length);
        int end = name.IndexOf('/');
        return end <= 0 ? null : Uri.UnescapeDataString(name[..end]);
    }

    private static string? QueryValue(string query, string name)
    {
        ReadOnlySpan<char> rest = query.AsSpan().TrimStart('?');
        foreach (Range part in rest.Split('&'))
        {
            ReadOnlySpan<char> pair = rest[part];
            int equals = pair.IndexOf('=');
            if (equals > 0 && pair[..equals].Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return Uri.UnescapeDataString(pair[(equals + 1)..]);
            }
        }

        return null;
    }
}
