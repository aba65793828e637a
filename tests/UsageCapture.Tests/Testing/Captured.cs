namespace UsageCapture.Tests.Testing;

/// <summary>The protocols that capture reads. The streams of others are read by their SDKs alone, and must yield no record.</summary>
internal static class Captured
{
    public static readonly string[] Protocols = ["openai-chat", "openai-responses", "anthropic-messages", "gemini-generate"];
}
