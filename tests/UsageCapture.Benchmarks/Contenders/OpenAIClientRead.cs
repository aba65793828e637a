using System.ClientModel;
using System.ClientModel.Primitives;
using OpenAI;
using OpenAI.Chat;
using UsageCapture.Benchmarks.Bodies;

namespace UsageCapture.Benchmarks.Contenders;

/// <summary>Streams the response with the OpenAI SDK: what an application spends on it anyway.</summary>
internal sealed class OpenAIClientRead : IContender
{
    private static readonly ChatMessage[] Messages =
    [
        new SystemChatMessage("You answer briefly."), new UserChatMessage("Why is it hard to know what a streamed answer cost?"),
    ];

    private readonly HttpClient _client;
    private readonly ChatClient _chat;
    private Tokens? _found;

    public OpenAIClientRead(HttpMessageHandler inner)
    {
        _client = new HttpClient(inner) { Timeout = Timeout.InfiniteTimeSpan };
        var options = new OpenAIClientOptions { Transport = new HttpClientPipelineTransport(_client) };
        _chat = new ChatClient("gpt-5-mini", new ApiKeyCredential("none"), options);
    }

    public Tokens? Found => _found;

    public async ValueTask<long> RunAsync()
    {
        _found = null;
        long parts = 0;
        await foreach (StreamingChatCompletionUpdate update in _chat.CompleteChatStreamingAsync(Messages))
        {
            parts += update.ContentUpdate.Count;
            if (update.Usage is { } usage)
            {
                _found = new Tokens(usage.InputTokenCount, usage.OutputTokenCount);
            }
        }

        return parts;
    }

    public void Dispose() => _client.Dispose();
}
