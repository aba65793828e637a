namespace UsageCapture.Testing.Tests.SdkAgreement;

/// <summary>Selects the SDK that can read a recording, by the path of its request.</summary>
internal static class SdkSelector
{
    /// <summary>Returns the protocol; null if no SDK can read the recording.</summary>
    public static string? GetProtocol(Recording recording) => recording.Request.Url.AbsolutePath switch
    {
        var path when path.EndsWith("/chat/completions", StringComparison.Ordinal) => "openai-chat",
        var path when path.EndsWith("/responses", StringComparison.Ordinal) => "openai-responses",
        var path when path.EndsWith("/v1/messages", StringComparison.Ordinal) => "anthropic-messages",
        _ => null,
    };

    public static Func<HttpClient, Uri, CancellationToken, Task<ReportedUsage>> GetReader(Recording recording) => GetProtocol(recording) switch
    {
        "openai-responses" => OpenAISdkReader.ReadResponsesAsync,
        "anthropic-messages" => AnthropicSdkReader.ReadAsync,
        _ => OpenAISdkReader.ReadChatAsync,
    };

    public static SdkDifferences FindDifferences(Recording recording) => GetProtocol(recording) switch
    {
        "openai-responses" => TypedEventDifferenceFinder.FindInResponses(recording),
        "anthropic-messages" => TypedEventDifferenceFinder.FindInMessages(recording),
        _ => ChatDifferenceFinder.Find(recording),
    };
}
