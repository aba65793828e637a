using System.ClientModel;
using System.ClientModel.Primitives;

using OpenAI;
using OpenAI.Chat;

namespace UsageCapture.OpenAI.Tests;

/// <summary>Makes OpenAI's own client for chats.</summary>
internal static class SdkClient
{
    /// <summary>Makes a client that calls a server with a client of the test's own, without retries.</summary>
    public static ChatClient Chat(HttpClient http, Uri endpoint) => Chat(new OpenAIClientOptions
    {
        Endpoint = endpoint,
        RetryPolicy = new ClientRetryPolicy(maxRetries: 0),
        Transport = new HttpClientPipelineTransport(http),
    });

    public static ChatClient Chat(OpenAIClientOptions options) => new("gpt-5-mini", new ApiKeyCredential("key"), options);
}
