using System.Text;

using UsageCapture.Providers;

namespace UsageCapture.Tests.Providers;

/// <summary>The addresses of each built-in provider, to the character.</summary>
/// <remarks>
/// Each line is an address and what it describes: provider, operation, and then the model, the deployment (<c>d=</c>), the version
/// (<c>v=</c>) and <c>stream</c> where the address tells them. "^" is the start of the part that makes the address one of the provider's.
/// When any character of it is missing, except a text in braces, the address does not match. A line without "^" does not match, but can
/// be described, because the user can map any path to a provider.
/// </remarks>
public sealed class ProviderAddressTests
{
    [Theory]
    [InlineData("openai-chat", """
        https://h.example/a^/chat/completions openai chat
        https://h.example/a^/agents/completions openai chat
        https://h.example/a^/text/chatcompletion_v2 openai chat
        https://api.writer.com^/v1/chat writer chat
        https://h.example/openai/deployments/d%201^/chat/completions?api-version=2024%2D10 azure.ai.openai chat d=d 1 v=2024-10
        https://h.example/v1/chat openai chat
        """)]
    [InlineData("openai-completions", """
        https://h.example/a^/completions openai text_completion
        https://h.example/chat/completions openai text_completion
        https://h.example/agents/completions openai text_completion
        """)]
    [InlineData("openai-responses", """
        https://h.example/a^/responses openai chat
        https://h.example/a^/responses/compact openai chat
        """)]
    [InlineData("openai-embeddings", """
        https://h.example/a^/embeddings openai embeddings
        https://h.example/a^/multimodalembeddings openai embeddings
        https://h.example/a^/contextualizedembeddings openai embeddings
        https://h.example/a^/embeddings/multimodal openai embeddings
        https://h.example/api/embeddings openai embeddings
        """)]
    [InlineData("openai-images", """
        https://h.example/a^/images/generations openai image_generation
        https://h.example/a^/images/edits openai image_edit
        https://h.example/images/variations openai image_generation
        """)]
    [InlineData("openai-audio", """
        https://h.example/a^/audio/transcriptions openai transcription
        https://h.example/a^/audio/translations openai translation
        https://h.example/a^/audio/speech openai speech
        https://h.example/audio openai audio
        """)]
    [InlineData("openai-runs", """
        https://h.example/a^/threads/runs openai invoke_agent
        https://h.example/a^/threads/{t}/runs openai invoke_agent
        https://h.example/a^/threads/{t}/runs/{r}/submit_tool_outputs openai invoke_agent
        https://h.example/runs openai invoke_agent
        https://h.example/threads/t/u/runs openai invoke_agent
        https://h.example/threads/t/runs/submit_tool_outputs openai invoke_agent
        """)]
    [InlineData("rerank", """
        https://h.example/a^/rerank jina_ai rerank
        https://h.example/cohere/rerank jina_ai rerank
        https://api.cohere.com/rerank cohere rerank
        """)]
    [InlineData("openai-decisions", "https://h.example/a^/v1/decisions openai decision")]
    [InlineData("openai-graders", "https://h.example/a^/fine_tuning/alpha/graders/run openai grade")]
    [InlineData("system-one", "https://h.example/a^/systemone typesafe decision")]
    [InlineData("anthropic-messages", """
        https://h.example/a^/v1/messages anthropic chat
        https://h.example/a^/v1/messages?API-Version=1 anthropic chat v=1
        https://h.example/a^/publishers/anthropic/models/{m%201}:rawPredict anthropic chat m 1
        https://h.example/a^/publishers/anthropic/models/{m}:streamRawPredict anthropic chat m stream
        https://h.example/publishers/anthropic/models/count-tokens:rawPredict anthropic chat count-tokens
        https://h.example/publishers/google/models/m:rawPredict anthropic chat
        https://a.openai.azure.com/messages azure.ai.inference chat
        https://aws-external-anthropic.us-east-1.api.aws/messages anthropic chat
        https://bedrock-mantle.us-east-1.api.aws/messages aws.bedrock chat
        """)]
    [InlineData("anthropic-complete", "https://h.example/a^/v1/complete anthropic text_completion")]
    [InlineData("gemini-generate", """
        https://h.example/a/models/m^:generateContent gcp.gemini generate_content m
        https://h.example/a/models/m^:streamGenerateContent gcp.gemini generate_content m stream
        https://h.example/Publishers/models/m%201:generate gcp.vertex_ai generate_content m 1
        https://h.example/locations/m:x:generate gcp.vertex_ai generate_content m:x
        https://h.example/a/:generate gcp.gemini generate_content
        """)]
    [InlineData("gemini-embeddings", """
        https://h.example/a/models/m^:embedContent gcp.gemini embeddings m
        https://h.example/a/models/m^:batchEmbedContents gcp.gemini embeddings m
        """)]
    [InlineData("gemini-interactions", """
        https://h.example/a^/v1beta/interactions gcp.gemini generate_content
        https://generativelanguage.googleapis.com/v1^/interactions gcp.gemini generate_content
        https://h.example/v1/interactions gcp.gemini generate_content
        """)]
    [InlineData("vertex-predict", """
        https://h.example/a/models/text-^embedding:predict gcp.gemini embeddings text-embedding
        https://h.example/models/imagen:predict gcp.gemini embeddings imagen
        https://h.example/models/embedding:rawPredict gcp.gemini embeddings embedding
        """)]
    [InlineData("bedrock-converse", """
        https://h.example/a^/model/{m%201}/converse aws.bedrock chat m 1
        https://h.example/a^/model/{m}/converse-stream aws.bedrock chat m stream
        https://h.example/model//converse aws.bedrock chat
        """)]
    [InlineData("bedrock-invoke", """
        https://h.example/a^/model/{m}/invoke aws.bedrock chat m
        https://h.example/a^/model/{a-embed}/invoke aws.bedrock embeddings a-embed
        https://h.example/a^/model/{m}/invoke-with-response-stream aws.bedrock chat m stream
        """)]
    [InlineData("cohere", """
        https://api.cohere.com/a^/v1/chat cohere chat
        https://cohere.ai/a^/v2/chat cohere chat
        https://a.models.ai.azure.com^/v2/chat azure.ai.inference chat
        https://h.example^/cohere/v2/chat cohere chat
        https://h.example/a^/v1/embed cohere embeddings
        https://h.example/a^/v2/embed cohere embeddings
        https://api.cohere.com/a^/v1/generate cohere text_completion
        https://api.cohere.com/a^/rerank cohere rerank
        https://api.cohere.com/a^/v1/classify cohere classify
        https://h.example/v1/generate cohere chat
        https://h.example/v1/classify cohere chat
        https://h.example/rerank cohere chat
        https://h.example/v1/chat cohere chat
        https://api.cohere.com/v3/chat cohere chat
        https://a.models.ai.azure.com/v1/generate azure.ai.inference chat
        """)]
    [InlineData("mistral-conversations", "https://h.example/v1/conversations mistral_ai invoke_agent")] // DisjointProvidersTests has those that match.
    [InlineData("ollama", """
        https://h.example/a^/api/chat ollama chat stream
        https://h.example/a^/api/generate ollama text_completion stream
        https://h.example/a^/api/embed ollama embeddings
        https://h.example/a^/api/embeddings ollama embeddings
        https://h.example/ask ollama chat stream
        """)]
    [InlineData("dashscope", """
        https://h.example^/services/{aigc}/generation dashscope chat
        https://h.example^/services/text-embedding/text-embedding dashscope embeddings
        https://h.example^/services/multimodal-embedding/multimodal-embedding dashscope embeddings
        https://h.example^/services/text-rerank/text-rerank dashscope rerank
        https://h.example/services/rerank dashscope chat
        """)]
    [InlineData("watsonx-generation", """
        https://h.example^/ml/v1/text/generation?Version=1 ibm.watsonx.ai text_completion v=1
        https://h.example^/ml/v1/text/generation_stream ibm.watsonx.ai text_completion stream
        https://h.example^/ml/v1{-beta}/generation/text ibm.watsonx.ai text_completion
        https://h.example^/ml/v1{-beta}/generation/text_stream ibm.watsonx.ai text_completion stream
        https://h.example^/ml/v1{/deployments/d}/text/generation ibm.watsonx.ai text_completion d=d
        """)]
    [InlineData("reka-chat", """
        https://api.reka.ai/a^/v1/chat reka chat
        https://h.example/v1/chat reka chat
        """)]
    [InlineData("oci-generative-ai", """
        https://generativeai.a.oci.oraclecloud.com/a^/actions/chat oracle chat
        https://generativeai.a.oci.oraclecloud.com/a^/actions/generateText oracle text_completion
        https://generativeai.a.oci.oraclecloud.com/a^/actions/embedText oracle embeddings
        https://h.example/actions/embedText oracle embeddings
        https://h.example/ask oracle chat
        """)]
    [InlineData("sap-orchestration", """
        https://api.ai.a.ondemand.com/a^/completion sap chat
        https://h.example/deployments/d/completion sap chat d=d
        """)]
    [InlineData("llama-cpp-completion", """
        https://h.example/a^/completion llama_cpp text_completion
        https://h.example/a^/infill llama_cpp text_completion
        https://api.ai.a.ondemand.com/completion sap text_completion
        https://api.openai.com/infill openai text_completion
        """)]
    [InlineData("tgi-generate", """
        https://a.endpoints.huggingface.cloud/a^/generate hugging_face text_completion
        https://h.example/a^/generate_stream hugging_face text_completion stream
        https://h.example/generate hugging_face text_completion
        """)]
    [InlineData("workers-ai", """
        https://h.example/a^/ai/run/{@cf/m%2Fx} cloudflare chat @cf/m/x
        https://h.example/a^/workers-ai/{@hf/m} cloudflare chat @hf/m
        https://h.example/ai/run/@cfx/m cloudflare chat
        https://h.example/ai/run/@CF/m cloudflare chat
        https://h.example/ai/run/cf/m cloudflare chat
        """)]
    public void Address_OfAProvider_MatchesToTheCharacter(string protocol, string table)
    {
        UsageProvider provider = BuiltInProviders.All.Single(known => known.Protocol == protocol);
        foreach (string line in table.Split('\n'))
        {
            int urlLength = line.IndexOf(' ', StringComparison.Ordinal);
            AssertAddress(provider, line[..urlLength], line[(urlLength + 1)..]);
        }
    }

    [Fact]
    public void EveryProvider_HasAddresses()
    {
        IEnumerable<object?> tested = typeof(ProviderAddressTests).GetMethod(nameof(Address_OfAProvider_MatchesToTheCharacter))!
            .GetCustomAttributes(typeof(InlineDataAttribute), inherit: false).Cast<InlineDataAttribute>().Select(row => row.Data[0]);

        Assert.Equal(BuiltInProviders.All.Select(provider => provider.Protocol).Order(StringComparer.Ordinal), tested.Cast<string>().Order(StringComparer.Ordinal));
    }

    private static void AssertAddress(UsageProvider provider, string markedUrl, string expected)
    {
        string url = markedUrl.Replace("^", "", StringComparison.Ordinal).Replace("{", "", StringComparison.Ordinal).Replace("}", "", StringComparison.Ordinal);
        Assert.Equal((url, expected), (url, Describe(provider, url)));
        Assert.True(provider.Matches(new Uri(url)) == markedUrl.Contains('^', StringComparison.Ordinal), url);
        if (!provider.Matches(new Uri(url)))
        {
            return;
        }

        string path = url.Split('?')[0];
        string query = url[path.Length..];
        AssertMatches(true, path + "/" + query);
        AssertMatches(markedUrl.EndsWith('}'), path + "x" + query);
        AssertMatches(markedUrl.EndsWith('}'), path + "/x" + query);
        foreach (int i in GetMarkedIndexes(markedUrl).Where(i => i < path.Length))
        {
            string otherCase = char.IsUpper(path[i]) ? path[i..(i + 1)].ToLowerInvariant() : path[i..(i + 1)].ToUpperInvariant();
            AssertMatches(false, path.Remove(i, 1) + query);
            AssertMatches(true, path.Remove(i, 1).Insert(i, otherCase) + query);
        }

        void AssertMatches(bool isExpected, string changedUrl) => Assert.Equal((changedUrl, isExpected), (changedUrl, provider.Matches(new Uri(changedUrl))));
    }

    /// <summary>Gets the indexes, in the address without marks, of the characters after "^" and outside of braces.</summary>
    private static List<int> GetMarkedIndexes(string markedUrl)
    {
        List<int> indexes = [];
        bool isMarked = false;
        int index = 0;
        foreach (char character in markedUrl)
        {
            isMarked = character switch { '^' or '}' => true, '{' => false, _ => isMarked };
            if (character is not ('^' or '{' or '}'))
            {
                if (isMarked)
                {
                    indexes.Add(index);
                }

                index++;
            }
        }

        return indexes;
    }

    private static string Describe(UsageProvider provider, string url)
    {
        UsageEndpoint endpoint = provider.Describe(new Uri(url));
        var text = new StringBuilder($"{endpoint.Provider} {endpoint.Operation}");
        text.Append(endpoint.Model is null ? "" : " " + endpoint.Model);
        text.Append(endpoint.Deployment is null ? "" : " d=" + endpoint.Deployment);
        text.Append(endpoint.ApiVersion is null ? "" : " v=" + endpoint.ApiVersion);
        return text.Append(endpoint.Streaming ? " stream" : "").ToString();
    }
}
