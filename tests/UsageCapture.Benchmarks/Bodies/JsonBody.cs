using System.Globalization;
using System.Text;

namespace UsageCapture.Benchmarks.Bodies;

/// <summary>Makes large bodies that are one JSON document.</summary>
internal static class JsonBody
{
    private static readonly Tokens Expected = new(1_272, 250_000);

    /// <summary>Makes a chat completion with a long answer.</summary>
    public static Body Text(int length)
    {
        var prose = new Prose(seed: 5);
        var json = new StringBuilder(
            """{"id":"chatcmpl-1","object":"chat.completion","created":1774962762,"model":"gpt-5-mini-2025-08-07","choices":[{"index":0,"message":{"role":"assistant","content":" """);
        while (json.Length < length)
        {
            json.Append(prose.Next());
        }

        json.Append("\",\"refusal\":null,\"annotations\":[]},\"logprobs\":null,\"finish_reason\":\"stop\"}],");
        return Close(json);
    }

    /// <summary>Makes a list of numbers, as embeddings are.</summary>
    public static Body Numbers(int length)
    {
        var prose = new Prose(seed: 6);
        var json = new StringBuilder("""{"object":"list","data":[{"object":"embedding","index":0,"embedding":[0""");
        while (json.Length < length)
        {
            json.Append(CultureInfo.InvariantCulture, $",{prose.Number():R}");
        }

        json.Append("""]}],"model":"text-embedding-3-large",""");
        return Close(json);
    }

    private static Body Close(StringBuilder json) => new()
    {
        Bytes = Encoding.UTF8.GetBytes(json.Append(ChatBody.Usage(Expected)).Append('}').ToString()),
        Place = UsagePlace.Chat,
        Expected = Expected,
    };
}
