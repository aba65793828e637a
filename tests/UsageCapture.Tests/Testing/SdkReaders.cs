using UsageCapture.Testing;

namespace UsageCapture.Tests.Testing;

/// <summary>The SDK that there is for a recording, told by the path of its request.</summary>
internal static class SdkReaders
{
    /// <summary>Gives the protocol; null when there is no SDK for it.</summary>
    public static string? ProtocolOf(Recording recording) => recording.Request.Url.AbsolutePath switch
    {
        var path when path.EndsWith("/chat/completions", StringComparison.Ordinal) => "openai-chat",
        var path when path.EndsWith("/responses", StringComparison.Ordinal) => "openai-responses",
        var path when path.EndsWith("/v1/messages", StringComparison.Ordinal) => "anthropic-messages",
        _ => null,
    };

    public static Func<HttpClient, Uri, CancellationToken, Task<SdkReading>> Of(Recording recording) => ProtocolOf(recording) switch
    {
        "openai-responses" => OpenAIReader.ReadResponsesAsync,
        "anthropic-messages" => AnthropicReader.ReadAsync,
        _ => OpenAIReader.ReadChatAsync,
    };

    public static SdkGaps GapsOf(Recording recording) => ProtocolOf(recording) switch
    {
        "openai-responses" => TypedGaps.OfResponses(recording),
        "anthropic-messages" => TypedGaps.OfMessages(recording),
        _ => ChatGaps.Of(recording),
    };
}
