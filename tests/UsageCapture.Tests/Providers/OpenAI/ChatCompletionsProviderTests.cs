using UsageCapture.Providers;

namespace UsageCapture.Tests.Providers.OpenAI;

/// <summary>Which addresses are those of chat completions, and what they say.</summary>
public sealed class ChatCompletionsProviderTests
{
    private static readonly ChatCompletionsProvider Provider = new();

    [Theory]
    [InlineData("https://api.openai.com/v1/chat/completions", "openai")]
    [InlineData("https://api.openai.com/v1/chat/completions/", "openai")]
    [InlineData("https://gateway.example/team/a/v1/Chat/Completions?x=1", "openai")]
    [InlineData("http://localhost:11434/v1/chat/completions", "openai")]
    [InlineData("https://api.groq.com/openai/v1/chat/completions", "groq")]
    [InlineData("https://notgroq.com/openai/v1/chat/completions", "openai")]
    [InlineData("https://api.mistral.ai/v1/chat/completions", "mistral_ai")]
    [InlineData("https://us-south.ml.cloud.ibm.com/ml/gateway/v1/chat/completions", "ibm.watsonx.ai")]
    [InlineData("https://bedrock-runtime.eu-west-1.amazonaws.com/openai/v1/chat/completions", "aws.bedrock")]
    [InlineData("https://acme.openai.azure.com/openai/v1/chat/completions", "azure.ai.openai")]
    [InlineData("https://acme.services.ai.azure.com/openai/v1/chat/completions", "azure.ai.openai")]
    [InlineData("https://acme.services.ai.azure.com/models/chat/completions?api-version=2024-05-01-preview", "azure.ai.inference")]
    [InlineData("https://api.writer.com/v1/chat", "writer")]
    [InlineData("https://api.minimax.io/v1/text/chatcompletion_v2", "minimax")]
    public void Describe_AddressOfChatCompletions_NamesTheProvider(string url, string provider) => Assert.Equal(provider, Describe(url)?.Provider);

    [Theory]
    [InlineData("https://api.openai.com/v1/completions")]
    [InlineData("https://api.openai.com/v1/chat/completions/chatcmpl-1")]
    [InlineData("https://api.openai.com/v1/responses")]
    [InlineData("https://api.cohere.com/v1/chat")]
    [InlineData("https://example.com/?path=/chat/completions")]
    public void Matches_OtherAddress_IsFalse(string url) => Assert.Null(Describe(url));

    [Fact]
    public void Describe_DeploymentBehindAGateway_HasItsNameAndVersion()
    {
        UsageEndpoint? endpoint = Describe(
            "https://gateway.example/azure/openai/deployments/my%20mini/chat/completions?x=1&API-Version=2024-10-21");

        Assert.Equal(
            new UsageEndpoint { Provider = "azure.ai.openai", Operation = "chat", Deployment = "my mini", ApiVersion = "2024-10-21" },
            endpoint);
    }

    [Theory]
    [InlineData("https://api.openai.com/v1/chat/completions", true)]
    [InlineData("https://api.mistral.ai/v1/chat/completions", false)]
    [InlineData("https://acme.openai.azure.com/openai/v1/chat/completions?api-version=preview", true)]
    [InlineData("https://acme.openai.azure.com/openai/deployments/d/chat/completions?api-version=2023-07-01-preview", false)]
    [InlineData("https://acme.openai.azure.com/openai/deployments/d/chat/completions?api-version=2024-06-01", false)]
    [InlineData("https://acme.openai.azure.com/openai/deployments/d/chat/completions?api-version=2024-08-01-preview", false)]
    [InlineData("https://acme.openai.azure.com/openai/deployments/d/chat/completions?api-version=2024-09-01-preview", true)]
    [InlineData("https://acme.openai.azure.com/openai/deployments/d/chat/completions?api-version=2024-10-21", true)]
    [InlineData("https://acme.openai.azure.com/openai/deployments/d/chat/completions?api-version=2025-03-01-preview", true)]
    [InlineData("https://acme.services.ai.azure.com/models/chat/completions?api-version=2024-05-01-preview", false)]
    public void AcceptsRequestOption_OfAnEndpoint_IsFalseWhereTheServerRefusesIt(string url, bool expected) =>
        Assert.Equal(expected, Provider.AcceptsRequestOption(Describe(url)!));

    private static UsageEndpoint? Describe(string url) => Provider.Matches(new Uri(url)) ? Provider.Describe(new Uri(url)) : null;
}
