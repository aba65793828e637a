using UsageCapture.Providers;

namespace UsageCapture.Tests.Providers;

/// <summary>No address matches two built-in providers, so their order does not matter for addresses.</summary>
public sealed class DisjointProvidersTests
{
    private const string Models = "https://generativelanguage.googleapis.com/v1beta/models/";
    private const string Vertex = "https://europe-west4-aiplatform.googleapis.com/v1/projects/p/locations/europe-west4/";

    public static TheoryData<string> Recorded => [.. Recordings.Names];

    public static TheoryData<string> Cases => [.. CorpusCase.Ids("*")];

    [Theory]
    [MemberData(nameof(Recorded))]
    public void Matches_AddressOfARecording_IsTrueForOneProvider(string name) => Assert.Single(Matching(Recordings.Get(name).Request.Url));

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(Cases))]
    public void Matches_AddressOfARealResponse_IsTrueForOneProviderAtMost(string id)
    {
        Uri url = CorpusCase.Load(id).ToRecording().Request.Url;

        List<UsageProvider> matching = Matching(url);

        Assert.True(matching.Count <= 1, $"{url} matches {string.Join(", ", matching)}.");
    }

    [Theory]
    [InlineData(Models + "gemini-2.5-flash:generateContent", "gemini-generate", "gcp.gemini", "gemini-2.5-flash")]
    [InlineData(Models + "gemini-2.5-flash:streamGenerateContent?alt=sse", "gemini-generate", "gcp.gemini", "gemini-2.5-flash")]
    [InlineData("https://generativelanguage.googleapis.com/v1/tunedModels/a-b:generateContent", "gemini-generate", "gcp.gemini", "a-b")]
    [InlineData(Vertex + "publishers/google/models/gemini-x:generateContent", "gemini-generate", "gcp.vertex_ai", "gemini-x")]
    [InlineData(Vertex + "endpoints/123:streamGenerateContent", "gemini-generate", "gcp.vertex_ai", "123")]
    [InlineData("https://aiplatform.googleapis.com/v1/publishers/google/models/g:generateContent", "gemini-generate", "gcp.vertex_ai", "g")]
    [InlineData("https://aiplatform.eu.rep.googleapis.com/v1/endpoints/1:generateContent", "gemini-generate", "gcp.vertex_ai", "1")]
    [InlineData("https://gateway.example/vertex/publishers/google/models/g:generateContent", "gemini-generate", "gcp.vertex_ai", "g")]
    [InlineData("https://gateway.example/google/models/g:generateContent", "gemini-generate", "gcp.gemini", "g")]
    [InlineData(Models + "gemini-embedding-001:batchEmbedContents", "gemini-embeddings", "gcp.gemini", "gemini-embedding-001")]
    [InlineData(Vertex + "publishers/google/models/gemini-embedding-2:embedContent", "gemini-embeddings", "gcp.vertex_ai", "gemini-embedding-2")]
    [InlineData(Vertex + "publishers/google/models/text-embedding-005:predict", "vertex-predict", "gcp.vertex_ai", "text-embedding-005")]
    [InlineData("https://generativelanguage.googleapis.com/v1/interactions", "gemini-interactions", "gcp.gemini", null)]
    [InlineData(Vertex + "interactions", "gemini-interactions", "gcp.vertex_ai", null)]
    [InlineData("http://localhost:11434/api/chat", "ollama", "ollama", null)]
    [InlineData("https://gateway.example/ollama/api/embeddings/", "ollama", "ollama", null)]
    [InlineData("https://api.cohere.com/v2/chat", "cohere", "cohere", null)]
    [InlineData("https://x.models.ai.azure.com/v1/chat", "cohere", "azure.ai.inference", null)]
    [InlineData("https://gateway.example/cohere/v2/rerank", "cohere", "cohere", null)]
    [InlineData("https://api.cohere.com/compatibility/v1/chat/completions", "openai-chat", "cohere", null)]
    [InlineData("https://api.writer.com/v1/chat", "openai-chat", "writer", null)]
    [InlineData("https://openrouter.ai/api/v1/rerank", "rerank", "openrouter", null)]
    [InlineData("http://localhost:8000/v2/rerank", "rerank", "jina_ai", null)]
    [InlineData("https://dashscope-intl.aliyuncs.com/api/v1/services/aigc/multimodal-generation/generation", "dashscope", "dashscope", null)]
    [InlineData("https://dashscope.aliyuncs.com/api/v1/services/embeddings/text-embedding/text-embedding", "dashscope", "dashscope", null)]
    [InlineData("https://ark.cn-beijing.volces.com/api/v3/embeddings/multimodal", "openai-embeddings", "openai", null)]
    [InlineData("https://vllm-1.us-east-1.elb.amazonaws.com/v1/chat/completions", "openai-chat", "openai", null)]
    [InlineData("https://bedrock-runtime.us-east-1.amazonaws.com/openai/v1/chat/completions", "openai-chat", "aws.bedrock", null)]
    [InlineData("https://ollama.com/v1/systemone", "system-one", "ollama", null)]
    [InlineData("https://gateway.example/openai/v1/decisions/", "openai-decisions", "openai", null)]
    [InlineData("https://api.openai.com/v1/fine_tuning/alpha/graders/run", "openai-graders", "openai", null)]
    [InlineData("https://gateway.example/anthropic/v1/complete", "anthropic-complete", "anthropic", null)]
    [InlineData("http://localhost:8080/completion", "llama-cpp-completion", "llama_cpp", null)]
    [InlineData("https://x.endpoints.huggingface.cloud/generate", "tgi-generate", "hugging_face", null)]
    [InlineData("https://api.cohere.com/v1/generate", "cohere", "cohere", null)]
    [InlineData("https://api.cloudflare.com/client/v4/accounts/a/ai/run/@cf/meta/llama/", "workers-ai", "cloudflare", "@cf/meta/llama")]
    [InlineData("https://gateway.ai.cloudflare.com/v1/a/g/workers-ai/%40hf/m%2Fx", "workers-ai", "cloudflare", "@hf/m/x")]
    [InlineData("https://api.cloudflare.com/client/v4/accounts/a/ai/v1/chat/completions", "openai-chat", "cloudflare", null)]
    [InlineData("https://gateway.ai.cloudflare.com/v1/a/g/openai/chat/completions", "openai-chat", "openai", null)]
    [InlineData("https://api.ai.prod.eu.aws.ml.hana.ondemand.com/v2/completion", "sap-orchestration", "sap", null)]
    [InlineData("https://api.mistral.ai/v1/conversations", "mistral-conversations", "mistral_ai", null)]
    [InlineData("https://api.mistral.ai/v1/conversations/", "mistral-conversations", "mistral_ai", null)]
    [InlineData("https://api.mistral.ai/v1/conversations/conv_1", "mistral-conversations", "mistral_ai", null)]
    [InlineData("https://api.mistral.ai/v1/conversations/conv_1/restart", "mistral-conversations", "mistral_ai", null)]
    [InlineData("https://api.eu.mistral.ai/v1/Conversations/conv_1/Restart/", "mistral-conversations", "mistral_ai", null)]
    [InlineData("https://api.mistral.ai/v1/agents/completions", "openai-chat", "mistral_ai", null)]
    [InlineData("https://us-south.ml.cloud.ibm.com/ml/v1/text/generation?version=2024-05-31", "watsonx-generation", "ibm.watsonx.ai", null)]
    public void Matches_AddressOfAnApi_IsTrueForItsProviderOnly(string url, string protocol, string provider, string? model)
    {
        var address = new Uri(url);

        UsageProvider matching = Assert.Single(Matching(address));

        UsageEndpoint endpoint = matching.Describe(address);
        Assert.Equal((protocol, provider, model), (matching.Protocol, endpoint.Provider, endpoint.Model));
    }

    [Theory]
    [InlineData(Models + "gemini-2.5-flash:countTokens")]
    [InlineData("https://generativelanguage.googleapis.com/v1beta/cachedContents")]
    [InlineData(Models + "gemini-2.5-flash:batchGenerateContent")]
    [InlineData(Vertex + "publishers/google/models/imagen-4:predict")]
    [InlineData("https://shop.example/customers/interactions")]
    [InlineData("http://localhost:11434/api/show")]
    [InlineData("http://localhost:1234/api/v1/chat")]
    [InlineData("https://shop.example/api/webchat")]
    [InlineData("https://shop.example/v1/generate")]
    [InlineData("https://shop.example/generate")]
    [InlineData("https://shop.example/decisions")]
    [InlineData("https://shop.example/autocomplete")]
    [InlineData("https://jobs.example/ai/run/nightly")]
    [InlineData("https://jobs.example/ai/run/@nightly")]
    [InlineData("https://api.cloudflare.com/client/v4/accounts/a/ai/models/search")]
    [InlineData("https://api.openai.com/v1/fine_tuning/alpha/graders/validate")]
    [InlineData("https://api.cohere.com/v1/tokenize")]
    [InlineData("https://api.openai.com/v1/conversations")]
    [InlineData("https://api.mistral.ai/v1/conversations/conv_1/history")]
    [InlineData("https://api.mistral.ai/v1/conversations/conv_1/messages")]
    [InlineData("https://api.mistral.ai/v1/conversations/conv_1/restart/again")]
    [InlineData("https://api.mistral.ai/v1/conversations/restart")]
    [InlineData("https://api.mistral.ai/v1/conversationsx")]
    [InlineData("https://api.mistral.ai/v1/conversationsx/conv_1")]
    [InlineData("https://dashscope.aliyuncs.com/api/v1/services/aigc/text2image/image-synthesis")]
    public void Matches_AddressWithoutUsage_IsFalse(string url) => Assert.Empty(Matching(new Uri(url)));

    [Theory]
    [InlineData(Models + "gemini-2.5-flash:streamGenerateContent", true)]
    [InlineData(Models + "gemini-2.5-flash:generateContent", false)]
    [InlineData("http://localhost:11434/api/generate", true)]
    [InlineData("http://localhost:11434/api/embed", false)]
    public void Describe_AddressOfAStream_IsStreaming(string url, bool isStreaming)
    {
        var address = new Uri(url);

        Assert.Equal(isStreaming, Assert.Single(Matching(address)).Describe(address).Streaming);
    }

    private static List<UsageProvider> Matching(Uri address) => [.. BuiltInProviders.All.Where(provider => provider.Matches(address))];
}
