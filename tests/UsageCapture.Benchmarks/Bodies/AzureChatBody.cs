using UsageCapture.Testing.SyntheticStreams;

namespace UsageCapture.Benchmarks.Bodies;

/// <summary>Makes streams of Azure OpenAI's chat completions: with filter results, and members in alphabetical order.</summary>
internal static class AzureChatBody
{
    // The prompt's filter results, the role, the finish reason, the usage and the terminator.
    private const int Fixed = 5;

    private const string Verdicts =
        """
        {"hate":{"filtered":false,"severity":"safe"},"protected_material_code":{"detected":false,"filtered":false},"protected_material_text":{"detected":false,"filtered":false},"self_harm":{"filtered":false,"severity":"safe"},"sexual":{"filtered":false,"severity":"safe"},"violence":{"filtered":false,"severity":"safe"}}
        """;

    private const string Identity =
        "\"created\":1774962762,\"id\":\"chatcmpl-Aa1Bb2Cc3Dd4Ee5Ff6Gg7Hh8Ii9Jj\",\"model\":\"gpt-4.1-mini-2025-04-14\"";

    private const string Rest = "\"object\":\"chat.completion.chunk\",\"system_fingerprint\":\"fp_0123456789\"";

    public static Body Create(int events)
    {
        var prose = new Prose(seed: 2);
        var writer = new ServerSentEventWriter();
        writer.WriteText(
            $$"""{"choices":[],"created":0,"id":"","model":"","object":"","prompt_filter_results":[{"prompt_index":0,"content_filter_results":{{Verdicts}}}]}""");
        writer.WriteText(Chunk("{}", """{"content":"","refusal":null,"role":"assistant"}""", "null", prose));
        for (int i = 0; i < events - Fixed; i++)
        {
            writer.WriteText(Chunk(Verdicts, $$"""{"content":"{{prose.Next()}}"}""", "null", prose));
        }

        writer.WriteText(Chunk("{}", "{}", "\"stop\"", prose));
        var expected = new Tokens(1_271, events);
        writer.WriteText($$"""{"choices":[],{{Identity}},"obfuscation":"{{prose.Obfuscation()}}",{{Rest}},{{ChatBody.Usage(expected)}}}""");
        writer.WriteText("[DONE]");
        return Body.Of(writer, UsagePlace.Chat, expected);
    }

    private static string Chunk(string verdicts, string delta, string finishReason, Prose prose) =>
        $$"""{"choices":[{"content_filter_results":{{verdicts}},"delta":{{delta}},"finish_reason":{{finishReason}},"index":0,"logprobs":null}],{{Identity}},"obfuscation":"{{prose.Obfuscation()}}",{{Rest}},"usage":null}""";
}
