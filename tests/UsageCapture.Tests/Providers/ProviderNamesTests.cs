using UsageCapture.Providers;

namespace UsageCapture.Tests.Providers;

/// <summary>The provider of each known host, and of hosts that differ from one by a character.</summary>
public sealed class ProviderNamesTests
{
    // Each line is a provider, and its domains. Their subdomains are the provider's, too.
    private const string Domains = """
        ai21: ai21.com
        anthropic: anthropic.com
        aws.bedrock: api.aws
        azure.ai.inference: models.ai.azure.com models.inference.ai.azure.com
        azure.ai.openai: openai.azure.com cognitiveservices.azure.com services.ai.azure.com
        cerebras: cerebras.ai
        cloudflare: api.cloudflare.com
        cohere: cohere.com cohere.ai
        dashscope: aliyuncs.com
        deepinfra: deepinfra.com
        deepseek: deepseek.com
        fireworks_ai: fireworks.ai
        gcp.gemini: generativelanguage.googleapis.com
        groq: groq.com
        hugging_face: huggingface.co endpoints.huggingface.cloud
        ibm.watsonx.ai: ml.cloud.ibm.com
        jina_ai: jina.ai
        minimax: minimax.chat minimax.io minimaxi.com
        mistral_ai: mistral.ai
        moonshot_ai: moonshot.ai moonshot.cn
        nvidia: nvidia.com
        ollama: ollama.com
        openai: api.openai.com
        openrouter: openrouter.ai
        perplexity: perplexity.ai
        reka: reka.ai
        sambanova: sambanova.ai
        together_ai: together.ai together.xyz
        typesafe: typesafe.ai
        voyage_ai: voyageai.com
        writer: writer.com
        x_ai: x.ai
        z_ai: bigmodel.cn z.ai
        """;

    // Rules that need more than the domain.
    private const string Addresses = """
        azure.ai.inference: https://a.openai.azure.com/models/chat https://a.services.ai.azure.com/Models/x https://a.cognitiveservices.azure.com/models/
        azure.ai.openai: https://a.openai.azure.com/models https://a.openai.azure.com/openai/models/x https://a.services.ai.azure.com/amodels/x
        aws.bedrock: https://bedrock-runtime.us-east-1.amazonaws.com/ https://vpce-1.BEDROCK-runtime.us-east-1.vpce.amazonaws.com/
        gcp.vertex_ai: https://us-central1-aiplatform.googleapis.com/ https://aiplatform.eu.rep.googleapis.com/
        oracle: https://inference.generativeai.us-chicago-1.oci.oraclecloud.com/
        sap: https://api.ai.prod.eu-central-1.aws.ml.hana.ondemand.com/
        unknown: https://lambda.us-east-1.amazonaws.com/ https://bedrock.example/ https://storage.googleapis.com/ https://aiplatform.example/
        unknown: https://objectstorage.us-chicago-1.oraclecloud.com/ https://api.air.ondemand.com/ https://ai.ondemand.com/ https://gateway.ai.cloudflare.com/
        unknown: https://openai.com/ https://ai.azure.com/ https://cloud.ibm.com/ https://localhost/
        """;

    [Fact]
    public void FromAddress_OfAKnownDomain_IsItsProvider() => Assert.All(Parse(Domains), row =>
    {
        (string provider, string domain) = row;
        string different = domain is "x.ai" or "z.ai" ? "w.ai" : domain[1..]; // One character less.

        Assert.Equal(provider, Find($"https://{domain}/v1"));
        Assert.Equal(provider, Find($"https://eu.{domain.ToUpperInvariant()}/v1"));
        Assert.Equal("unknown", Find($"https://not{domain}/v1"));
        Assert.Equal("unknown", Find($"https://{different}/v1"));
        Assert.Equal("unknown", Find($"https://{domain}.example/v1"));
        Assert.Equal("unknown", Find($"https://gateway.example/{domain}/v1"));
    });

    [Fact]
    public void FromAddress_OfASharedDomain_NeedsTheRightHostOrPath() =>
        Assert.All(Parse(Addresses), row => Assert.Equal(row.Provider, Find(row.Text)));

    [Theory]
    [InlineData("openai", "apim-request-id", "azure.ai.openai")]
    [InlineData("openai", "x-request-id", "openai")]
    [InlineData("groq", "apim-request-id", "groq")]
    public void FromResponse_WithAzuresHeader_IsAzureInPlaceOfOpenAI(string provider, string header, string expected)
    {
        using var response = new HttpResponseMessage { Headers = { { header, "1" } } };

        Assert.Equal(expected, ProviderNames.FromResponse(provider, response.Headers));
    }

    private static string Find(string url)
    {
        var address = new Uri(url);
        string provider = ProviderNames.FromAddress(address, "unknown");
        Assert.Equal(provider != "unknown", ProviderNames.IsKnownHost(address));
        return provider;
    }

    private static IEnumerable<(string Provider, string Text)> Parse(string table) =>
        from line in table.Split('\n')
        let colon = line.IndexOf(": ", StringComparison.Ordinal)
        from text in line[(colon + 2)..].Split(' ')
        select (line[..colon], text);
}
