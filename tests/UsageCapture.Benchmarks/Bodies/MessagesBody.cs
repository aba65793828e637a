using UsageCapture.Testing.SyntheticStreams;

namespace UsageCapture.Benchmarks.Bodies;

/// <summary>Makes streams of Anthropic's messages: events with names, data padded with spaces before its last bracket.</summary>
internal static class MessagesBody
{
    // Where the message and its block begin and end, and the delta with the usage.
    private const int Fixed = 5;

    private const int WordsPerDelta = 3;

    public static Body Create(int events)
    {
        var prose = new Prose(seed: 3);
        var writer = new ServerSentEventWriter();
        var expected = new Tokens(379, events);
        writer.WriteNamedText(
            "message_start",
            $$$"""{"type":"message_start","message":{"model":"claude-haiku-4-5-20251001","id":"msg_01Aa1Bb2Cc3Dd4Ee5Ff6Gg7","type":"message","role":"assistant","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":{{{expected.Input}}},"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"cache_creation":{"ephemeral_5m_input_tokens":0,"ephemeral_1h_input_tokens":0},"output_tokens":5,"service_tier":"standard"}}{{{prose.Spaces()}}}}""");
        writer.WriteNamedText("content_block_start", """{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}     }""");
        for (int i = 0; i < events - Fixed; i++)
        {
            writer.WriteNamedText(
                "content_block_delta",
                $$"""{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"{{prose.Next(WordsPerDelta)}}"}{{prose.Spaces()}}}""");
        }

        writer.WriteNamedText("content_block_stop", """{"type":"content_block_stop","index":0           }""");
        writer.WriteNamedText(
            "message_delta",
            $$"""{"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"input_tokens":{{expected.Input}},"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":{{expected.Output}}}{{prose.Spaces()}}}""");
        writer.WriteNamedText("message_stop", """{"type":"message_stop"   }""");
        return Body.Of(writer, UsagePlace.Anthropic, expected);
    }
}
