using System.Text;
using UsageCapture.Testing.SyntheticStreams;

namespace UsageCapture.Benchmarks.Bodies;

/// <summary>Makes streams of OpenAI's responses: small deltas, and a last event that repeats the whole output.</summary>
internal static class ResponsesBody
{
    // The first and the last event.
    private const int Fixed = 2;

    private const string Identity =
        """
        "id":"resp_0123456789abcdef0123456789abcdef0123456789abcdef01","object":"response","created_at":1771445905,"background":false,"error":null,"incomplete_details":null,"model":"gpt-5-mini-2025-08-07","parallel_tool_calls":true,"service_tier":"default","store":false,"temperature":1.0,"tools":[],"truncation":"disabled"
        """;

    public static Body Create(int events, int finalLength)
    {
        var prose = new Prose(seed: 4);
        var writer = new ServerSentEventWriter();
        writer.WriteNamedText(
            "response.created",
            $$$"""{"type":"response.created","sequence_number":0,"response":{{{{Identity}}},"status":"in_progress","output":[],"usage":null}}""");
        for (int i = 1; i <= events - Fixed; i++)
        {
            writer.WriteNamedText(
                "response.output_text.delta",
                $$"""{"type":"response.output_text.delta","sequence_number":{{i}},"item_id":"msg_0123456789abcdef0123456789abcdef0123456789abcdef01","output_index":0,"content_index":0,"delta":"{{prose.Next()}}","logprobs":[],"obfuscation":"{{prose.Obfuscation()}}"}""");
        }

        var text = new StringBuilder();
        while (text.Length < finalLength)
        {
            text.Append(prose.Next());
        }

        var expected = new Tokens(75, events);
        string message = $$$"""{"id":"msg_1","type":"message","status":"completed","role":"assistant","content":[{"type":"output_text","annotations":[],"logprobs":[],"text":"{{{text}}}"}]}""";
        string usage = $$"""{"input_tokens":{{expected.Input}},"input_tokens_details":{"cached_tokens":0},"output_tokens":{{expected.Output}},"output_tokens_details":{"reasoning_tokens":8},"total_tokens":{{expected.Input + expected.Output}}}""";
        writer.WriteNamedText(
            "response.completed",
            $$"""{"type":"response.completed","sequence_number":{{events - 1}},"response":{""" + Identity
                + $$""","status":"completed","output":[{{message}}],"usage":{{usage}}""" + "}}");
        return Body.Of(writer, UsagePlace.Responses, expected);
    }
}
