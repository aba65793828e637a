using UsageCapture.Providers;

namespace UsageCapture.Tests.Providers.OpenAI;

/// <summary>An address of OpenAI's APIs belongs to exactly one provider, and other addresses to none of them.</summary>
public sealed class OpenAIProvidersTests
{
    [Theory]
    [InlineData("https://api.openai.com/v1/responses", "openai-responses", "chat", "openai")]
    [InlineData("https://api.openai.com/v1/responses/compact", "openai-responses", "chat", "openai")]
    [InlineData("https://acme.openai.azure.com/openai/v1/responses", "openai-responses", "chat", "azure.ai.openai")]
    [InlineData("https://acme.openai.azure.com/openai/responses?api-version=2025-04-01-preview", "openai-responses", "chat", "azure.ai.openai")]
    [InlineData("https://gateway.example/proxy/openai/Responses/", "openai-responses", "chat", "openai")]
    [InlineData("https://api.openai.com/v1/completions", "openai-completions", "text_completion", "openai")]
    [InlineData("https://api.fireworks.ai/inference/v1/completions", "openai-completions", "text_completion", "fireworks_ai")]
    [InlineData("https://api.mistral.ai/v1/fim/completions", "openai-completions", "text_completion", "mistral_ai")]
    [InlineData("https://api.openai.com/v1/embeddings", "openai-embeddings", "embeddings", "openai")]
    [InlineData("https://openrouter.ai/api/v1/embeddings", "openai-embeddings", "embeddings", "openrouter")]
    [InlineData("https://acme.services.ai.azure.com/models/embeddings?api-version=2024-05-01-preview", "openai-embeddings", "embeddings", "azure.ai.inference")]
    [InlineData("https://api.openai.com/v1/images/generations", "openai-images", "image_generation", "openai")]
    [InlineData("https://api.openai.com/v1/images/edits", "openai-images", "image_edit", "openai")]
    [InlineData("https://api.openai.com/v1/audio/transcriptions", "openai-audio", "transcription", "openai")]
    [InlineData("https://api.openai.com/v1/audio/translations", "openai-audio", "translation", "openai")]
    [InlineData("https://acme.openai.azure.com/openai/deployments/tts/audio/speech?api-version=2025-03-01-preview", "openai-audio", "speech", "azure.ai.openai")]
    [InlineData("https://api.openai.com/v1/threads/runs", "openai-runs", "invoke_agent", "openai")]
    [InlineData("https://api.openai.com/v1/threads/thread_1/runs", "openai-runs", "invoke_agent", "openai")]
    [InlineData("https://api.openai.com/v1/threads/thread_1/runs/run_1/submit_tool_outputs/", "openai-runs", "invoke_agent", "openai")]
    public void Matches_AddressOfAnApi_IsTrueForOneProvider(string url, string protocol, string operation, string provider)
    {
        var address = new Uri(url);
        UsageProvider found = Assert.Single(BuiltInProviders.All, known => known.Matches(address));
        UsageEndpoint endpoint = found.Describe(address);

        Assert.Equal((protocol, operation, provider), (found.Protocol, endpoint.Operation, endpoint.Provider));
    }

    // These count tokens in advance, read or cancel what is stored, or run no language model.
    [Theory]
    [InlineData("https://api.openai.com/v1/responses/input_tokens")]
    [InlineData("https://api.openai.com/v1/responses/resp_1")]
    [InlineData("https://api.openai.com/v1/responses/resp_1/cancel")]
    [InlineData("https://api.openai.com/v1/threads/thread_1/runs/run_1")]
    [InlineData("https://api.openai.com/v1/threads/thread_1/runs/run_1/cancel")]
    [InlineData("https://api.openai.com/v1/threads/thread_1/messages")]
    [InlineData("https://api.openai.com/v1/runs")]
    [InlineData("https://api.openai.com/v1/moderations")]
    [InlineData("https://api.openai.com/v1/batches")]
    public void Matches_AddressWithoutModelWork_IsFalse(string url) =>
        Assert.DoesNotContain(BuiltInProviders.All, known => known.Protocol.StartsWith("openai-", StringComparison.Ordinal) && known.Matches(new Uri(url)));

    [Fact]
    public void Matches_EmbeddingsOfOllamasOwnApi_IsFalse() =>
        Assert.DoesNotContain(BuiltInProviders.All, known => known is EmbeddingsProvider && known.Matches(new Uri("http://localhost:11434/api/embeddings")));

    [Theory]
    [InlineData("https://api.openai.com/v1/completions", true)]
    [InlineData("https://api.mistral.ai/v1/fim/completions", false)]
    [InlineData("https://api.writer.com/v1/completions", false)]
    [InlineData("https://acme.openai.azure.com/openai/deployments/d/completions?api-version=2024-06-01", false)]
    public void AcceptsRequestOption_OfCompletions_IsFalseWhereTheServerRefusesIt(string url, bool expected)
    {
        var provider = new CompletionsProvider();

        Assert.Equal(expected, provider.AcceptsRequestOption(provider.Describe(new Uri(url))));
    }
}
