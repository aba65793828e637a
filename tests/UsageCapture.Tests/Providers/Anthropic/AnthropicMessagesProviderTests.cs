using UsageCapture.Providers;

namespace UsageCapture.Tests.Providers.Anthropic;

public sealed class AnthropicMessagesProviderTests
{
    private const string Vertex = "https://us-east5-aiplatform.googleapis.com/v1/projects/p/locations/us-east5/publishers/anthropic/models/";

    private static readonly AnthropicMessagesProvider Provider = new();

    [Theory]
    [InlineData("https://api.anthropic.com/v1/messages", "anthropic")]
    [InlineData("https://api.anthropic.com/v1/messages/?beta=true", "anthropic")]
    [InlineData("https://gateway.example/anthropic/v1/messages", "anthropic")]
    [InlineData("http://localhost:11434/v1/messages", "anthropic")]
    [InlineData("https://openrouter.ai/api/v1/messages", "openrouter")]
    [InlineData("https://api.deepseek.com/anthropic/v1/messages", "deepseek")]
    [InlineData("https://acme.services.ai.azure.com/anthropic/v1/messages", "azure.ai.inference")]
    [InlineData("https://bedrock-mantle.us-east-1.api.aws/anthropic/v1/messages", "aws.bedrock")]
    [InlineData("https://aws-external-anthropic.us-east-1.api.aws/v1/messages", "anthropic")]
    [InlineData("https://claude.googleapis.com/v1alpha/projects/p/locations/global/workspaces/w/invoke/v1/messages", "anthropic")]
    [InlineData("https://us-east5-aiplatform.googleapis.com/v1/messages", "gcp.vertex_ai")]
    [InlineData(Vertex + "claude-sonnet-4-5@20250929:rawPredict", "gcp.vertex_ai")]
    public void Match_OfAMessage_NamesTheProvider(string url, string provider) =>
        Assert.Equal((provider, "chat"), Match(url) is { } endpoint ? (endpoint.Provider, endpoint.Operation) : default);

    [Theory]
    [InlineData("https://api.anthropic.com/v1/messages/count_tokens")]
    [InlineData("https://api.anthropic.com/v1/messages/batches")]
    [InlineData("https://api.anthropic.com/v1/complete")]
    [InlineData("https://api.openai.com/v1/threads/thread_1/messages")]
    [InlineData("https://example.com/?path=/v1/messages")]
    [InlineData(Vertex + "count-tokens:rawPredict")]
    [InlineData("https://us-central1-aiplatform.googleapis.com/v1/projects/p/locations/l/publishers/mistralai/models/mistral-small:rawPredict")]
    [InlineData("https://us-central1-aiplatform.googleapis.com/v1/projects/p/locations/l/endpoints/1:rawPredict")]
    public void Match_OfAnythingElse_IsNone(string url) => Assert.Null(Match(url));

    [Theory]
    [InlineData("claude-sonnet-4-5@20250929:streamRawPredict", true)]
    [InlineData("claude-sonnet-4-5%4020250929:rawPredict", false)]
    public void Match_OnVertex_ReadsModelAndStreamingFromThePath(string end, bool streaming) => Assert.Equal(
        new UsageEndpoint
        {
            Provider = "gcp.vertex_ai", Operation = "chat", Model = "claude-sonnet-4-5@20250929", Region = "us-east5", Streaming = streaming,
        },
        Match(Vertex + end));

    private static UsageEndpoint? Match(string url) => Provider.Matches(new Uri(url)) ? Provider.Describe(new Uri(url)) : null;
}
