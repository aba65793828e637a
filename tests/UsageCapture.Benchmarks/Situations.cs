using UsageCapture.Benchmarks.Bodies;

namespace UsageCapture.Benchmarks;

/// <summary>The responses that everybody is measured on.</summary>
internal static class Situations
{
    /// <summary>The events of a long stream: the cost of the exchange hardly shows, and it stays in the cache.</summary>
    public const int LongStream = 2_000;

    /// <summary>The events of a short one: a word, the finish reason, the usage and the terminator.</summary>
    public const int ShortStream = 4;

    private static readonly Uri Chat = new("https://api.openai.com/v1/chat/completions");
    private static readonly Uri Azure = new(
        "https://example.openai.azure.com/openai/deployments/mini/chat/completions?api-version=2024-10-21");

    /// <summary>All of them, in the size that is measured.</summary>
    public static IReadOnlyList<Situation> Create() => Create(LongStream, finalLength: 200_000, jsonLength: 5_000_000);

    /// <summary>All of them, as small as can be.</summary>
    public static IReadOnlyList<Situation> CreateSmall() => Create(events: 20, finalLength: 20_000, jsonLength: 40_000);

    /// <summary>A stream of chat completions of any length.</summary>
    public static Situation CreateChat(int events) => new("OpenAI chat", Chat, ChatBody.Create(events));

    private static Situation[] Create(int events, int finalLength, int jsonLength)
    {
        Situation chat = CreateChat(events);
        return
        [
            chat,
            new("Azure chat, filtered", Azure, AzureChatBody.Create(events)),
            new("OpenAI chat, gzip", Chat, GzipBody.Create(chat.Body)),
            new("Anthropic messages", new Uri("https://api.anthropic.com/v1/messages"), MessagesBody.Create(events)),
            new("OpenAI responses", new Uri("https://api.openai.com/v1/responses"), ResponsesBody.Create(events, finalLength)),
            new("JSON, long text", Chat, JsonBody.Text(jsonLength)),
            new("JSON, numbers", Chat, JsonBody.Numbers(jsonLength)),
        ];
    }
}
