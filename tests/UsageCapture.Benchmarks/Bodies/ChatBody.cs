using UsageCapture.Testing.SyntheticStreams;

namespace UsageCapture.Benchmarks.Bodies;

/// <summary>Makes streams of OpenAI's chat completions, with the usage asked for.</summary>
/// <remarks>Unlike the testing package's <c>ChatStream</c>, a chunk has every member that the service sends, so that it has the usual length.</remarks>
internal static class ChatBody
{
    // Openings and ends that every stream has: the role, the finish reason, the usage and the terminator.
    private const int Fixed = 4;

    private const string Head =
        """
        {"id":"chatcmpl-Aa1Bb2Cc3Dd4Ee5Ff6Gg7Hh8Ii9Jj","object":"chat.completion.chunk","created":1774962762,"model":"gpt-5-mini-2025-08-07","service_tier":"default","system_fingerprint":"fp_0123456789",
        """;

    public static Body Create(int events)
    {
        var prose = new Prose(seed: 1);
        var writer = new ServerSentEventWriter();
        writer.WriteText(Chunk("""{"role":"assistant","content":"","refusal":null}""", "null", prose));
        for (int i = 0; i < events - Fixed; i++)
        {
            writer.WriteText(Chunk($$"""{"content":"{{prose.Next()}}"}""", "null", prose));
        }

        writer.WriteText(Chunk("{}", "\"stop\"", prose));
        var expected = new Tokens(1_270, events);
        writer.WriteText($$"""{{Head}}"choices":[],{{Usage(expected)}},"obfuscation":"{{prose.Obfuscation()}}"}""");
        writer.WriteText("[DONE]");
        return Body.Of(writer, UsagePlace.Chat, expected);
    }

    /// <summary>Makes the member that reports usage.</summary>
    public static string Usage(Tokens tokens) =>
        $$$"""
        "usage":{"prompt_tokens":{{{tokens.Input}}},"completion_tokens":{{{tokens.Output}}},"total_tokens":{{{tokens.Input + tokens.Output}}},"prompt_tokens_details":{"cached_tokens":1024,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":0,"audio_tokens":0,"accepted_prediction_tokens":0,"rejected_prediction_tokens":0}}
        """;

    private static string Chunk(string delta, string finishReason, Prose prose) =>
        $$"""{{Head}}"choices":[{"index":0,"delta":{{delta}},"logprobs":null,"finish_reason":{{finishReason}}}],"usage":null,"obfuscation":"{{prose.Obfuscation()}}"}""";
}
