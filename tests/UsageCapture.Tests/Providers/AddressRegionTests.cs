using Microsoft.Extensions.Logging.Abstractions;

using UsageCapture.Recognition;

namespace UsageCapture.Tests.Providers;

/// <summary>The region of a call, as its address and its model tell it.</summary>
public sealed class AddressRegionTests
{
    private const string Bedrock = "https://bedrock-runtime.us-east-1.amazonaws.com/model/";
    private const string VertexPath = "/publishers/google/models/gemini-2.5-flash:generateContent";

    private readonly ProviderRegistry _registry = new(new UsageCaptureOptions(), NullLogger.Instance);

    [Theory]
    [InlineData("https://api.openai.com/v1/chat/completions", null)]
    [InlineData("https://us.api.openai.com/v1/chat/completions", "us")]
    [InlineData("https://eu.api.openai.com/v1/responses", "eu")]
    [InlineData("https://ae.api.openai.com/v1/embeddings", "ae")]
    [InlineData("https://EU.API.OpenAI.com/v1/images/generations", "eu")]
    [InlineData("https://eu.api.openai.com.attacker.example/v1/chat/completions", null)]
    [InlineData("https://euapi.openai.com/v1/chat/completions", null)]
    [InlineData("https://us.api.x.ai/v1/chat/completions", "us")]
    [InlineData("https://us-east-1.api.x.ai/v1/messages", "us-east-1")]
    [InlineData("https://api.x.ai/v1/chat/completions", null)]
    [InlineData("https://api.eu.mistral.ai/v1/chat/completions", "eu")]
    [InlineData("https://api.eu.mistral.ai/v1/conversations", "eu")]
    [InlineData("https://api.mistral.ai/v1/chat/completions", null)]
    [InlineData("https://eu.openrouter.ai/api/v1/rerank", "eu")]
    [InlineData("https://www.openrouter.ai/api/v1/chat/completions", null)]
    [InlineData("https://acme.openai.azure.com/openai/deployments/mini/chat/completions", null)]
    [InlineData("https://eastus.api.cognitive.microsoft.com/openai/deployments/mini/chat/completions", "eastus")]
    [InlineData("https://my-model.eastus2.models.ai.azure.com/v1/chat/completions", "eastus2")]
    [InlineData("https://my-model.eastus2.models.ai.azure.com/v1/chat", "eastus2")] // Cohere's API
    [InlineData("https://my-model.swedencentral.inference.ml.azure.com/v1/chat/completions", "swedencentral")]
    [InlineData("https://dashscope.aliyuncs.com/compatible-mode/v1/chat/completions", "cn-beijing")]
    [InlineData("https://dashscope-us.aliyuncs.com/apps/anthropic/v1/messages", "us-east-1")]
    [InlineData("https://cn-hongkong.dashscope.aliyuncs.com/compatible-mode/v1/chat/completions", "cn-hongkong")]
    [InlineData("https://ws1.eu-central-1.maas.aliyuncs.com/api/v1/services/aigc/text-generation/generation", "eu-central-1")]
    [InlineData("https://us-south.ml.cloud.ibm.com/ml/v1/text/generation?version=1", "us-south")]
    [InlineData("https://inference.generativeai.us-chicago-1.oci.oraclecloud.com/20231130/actions/chat", "us-chicago-1")]
    [InlineData("https://api.ai.prod.eu-central-1.aws.ml.hana.ondemand.com/v2/completion", "eu-central-1")]
    [InlineData("https://api.anthropic.com/v1/messages", null)]
    [InlineData("http://localhost:11434/v1/chat/completions", null)]
    public void Region_OfAHost_IsTheOneInItsName(string url, string? expected) => Assert.Equal(expected, GetRegion(url));

    [Theory]
    [InlineData("https://us-central1-aiplatform.googleapis.com/v1/projects/p/locations/us-central1" + VertexPath, "us-central1")]
    [InlineData("https://aiplatform.googleapis.com/v1/projects/p/locations/global" + VertexPath, "global")]
    [InlineData("https://aiplatform.googleapis.com/v1/projects/p/locations/europe-west1" + VertexPath, "europe-west1")]
    [InlineData("https://aiplatform.eu.rep.googleapis.com/v1/projects/p/locations/eu" + VertexPath, "eu")]
    [InlineData("https://aiplatform.eu.rep.googleapis.com/v1" + VertexPath, "eu")]
    [InlineData("https://us-central1-aiplatform.googleapis.com/v1" + VertexPath, "us-central1")]
    [InlineData("https://aiplatform.googleapis.com/v1" + VertexPath, null)]
    [InlineData("https://aiplatform.googleapis.com/v1/projects/p/locations/asia-south1/endpoints/openapi/chat/completions", "asia-south1")]
    [InlineData("https://claude.googleapis.com/v1alpha/projects/p/locations/global/workspaces/w/invoke/v1/messages", "global")]
    [InlineData("https://gateway.example/vertex/v1/projects/p/locations/europe-west4" + VertexPath, "europe-west4")]
    [InlineData("https://gateway.example/shops/locations/berlin/v1/chat/completions", null)]
    [InlineData("https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-flash:generateContent", null)]
    public void Region_OfAGoogleAddress_IsTheLocationInItsPathOrElseInItsHost(string url, string? expected) => Assert.Equal(expected, GetRegion(url));

    [Theory]
    [InlineData(Bedrock + "amazon.nova-lite-v1%3A0/converse", "us-east-1")]
    [InlineData(Bedrock + "us.anthropic.claude-haiku-4-5-20251001-v1%3A0/converse", "us")]
    [InlineData(Bedrock + "eu.amazon.nova-lite-v1:0/converse-stream", "eu")]
    [InlineData(Bedrock + "apac.amazon.nova-lite-v1:0/invoke", "apac")]
    [InlineData(Bedrock + "jp.anthropic.claude-sonnet-4-5-20250929-v1:0/invoke", "jp")]
    [InlineData(Bedrock + "us-gov.anthropic.claude-sonnet-4-5-20250929-v1:0/invoke", "us-gov")]
    [InlineData(Bedrock + "global.anthropic.claude-opus-4-7/invoke-with-response-stream", "global")]
    [InlineData(Bedrock + "ai21.jamba-1.5-large-v1:0/invoke", "us-east-1")]
    [InlineData(Bedrock + "zai.glm-4.6/converse", "us-east-1")]
    [InlineData(Bedrock + "arn%3Aaws%3Abedrock%3Aeu-west-3%3A1%3Ainference-profile%2Feu.anthropic.claude-opus-4-7/converse", "eu")]
    [InlineData(Bedrock + "arn%3Aaws%3Abedrock%3Aeu-west-3%3A1%3Aapplication-inference-profile%2Fabc123/converse", "eu-west-3")]
    [InlineData(Bedrock + "arn:aws-us-gov:bedrock:us-gov-west-1:1:provisioned-model/abc123/invoke", "us-gov-west-1")]
    [InlineData(Bedrock + "arn:aws:bedrock::1:p/x/converse", "us-east-1")]
    [InlineData("https://bedrock-runtime-fips.us-gov-west-1.amazonaws.com/model/x/invoke", "us-gov-west-1")]
    [InlineData("https://vpce-1.bedrock-runtime.us-west-2.vpce.amazonaws.com/model/x/invoke", "us-west-2")]
    [InlineData("https://bedrock-runtime.eu-north-1.api.aws/model/x/converse", "eu-north-1")]
    [InlineData("https://bedrock-mantle.ap-south-1.api.aws/anthropic/v1/messages", "ap-south-1")]
    [InlineData("https://aws-external-anthropic.us-west-2.api.aws/v1/messages", "us-west-2")]
    [InlineData("https://gateway.example/model/us.amazon.nova-lite-v1:0/converse", "us")]
    [InlineData("https://gateway.example/model/amazon.nova-lite-v1:0/converse", null)]
    public void Region_OfABedrockAddress_IsTheOneOfItsModelOrElseOfItsHost(string url, string? expected) => Assert.Equal(expected, GetRegion(url));

    [Theory]
    [InlineData("https://bedrock-runtime.eu-west-1.amazonaws.com/openai/v1/chat/completions", "eu.openai.gpt-oss-120b-1:0", "eu")]
    [InlineData("https://bedrock-runtime.eu-west-1.amazonaws.com/openai/v1/chat/completions", "openai.gpt-oss-120b-1:0", "eu-west-1")]
    [InlineData("https://bedrock-mantle.us-east-1.api.aws/anthropic/v1/messages", "global.anthropic.claude-opus-4-7", "global")]
    [InlineData("https://api.openai.com/v1/chat/completions", "us.anthropic.claude-opus-4-7", null)] // Not Amazon's naming scheme.
    public void Region_OfTheModelInTheBody_CountsAtAmazonOnly(string url, string model, string? expected) =>
        Assert.Equal(expected, _registry.Recognize(new Uri(url)).Api!.GetRegion(model));

    private string? GetRegion(string url)
    {
        RecognizedApi api = _registry.Recognize(new Uri(url)).Api!;
        return api.GetRegion(api.Endpoint.Model);
    }
}
