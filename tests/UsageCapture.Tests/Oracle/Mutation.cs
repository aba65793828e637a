using System.Text;

namespace UsageCapture.Tests.Oracle;

/// <summary>Changes to a body: some as accidents make them, some as a server might mean them, some made to mislead.</summary>
internal static class Mutation
{
    private static readonly Func<Random, byte[], byte[]>[] All =
    [
        FlipBit, ReplaceByte, DeleteBytes, RepeatBytes, Truncate,
        RepeatEvent, RepeatEvent, DeleteEvent, SwapEvents, InsertLine, InsertLine,
        InsertMember, InsertMember, InsertMember, InsertMember, AppendMember, AppendMember, AppendMember,
        InsertText, InsertText, InsertText, EscapeName, EscapeName, ReplaceNumber, ReplaceNumber, InsertWhiteSpace, InsertWhiteSpace, SplitDataLine,
    ];

    private static readonly string[] Members =
    [
        "\"usage\":{\"prompt_tokens\":11,\"completion_tokens\":5,\"total_tokens\":16}",
        "\"usage\":{\"prompt_tokens\":21,\"completion_tokens\":4,\"total_tokens\":25,\"completion_tokens_details\":{\"reasoning_tokens\":3}}",
        "\"usage\":{\"prompt_tokens\":0,\"completion_tokens\":0,\"total_tokens\":0}",
        "\"usage\":{}",
        "\"usage\":null",
        "\"usage\":[{\"prompt_tokens\":1}]",
        "\"\\u0075sage\":{\"prompt_tokens\":31,\"completion_tokens\":2,\"total_tokens\":33}",
        "\"usage \":{\"prompt_tokens\":41}",
        "\"usag\":{\"prompt_tokens\":41}",
        "\"finish_reason\":\"stop\"",
        "\"finish_reason\":\"length\"",
        "\"finish_reason\":null",
        "\"finish\\u005freason\":\"tool_calls\"",
        "\"error\":{\"message\":\"no\",\"code\":\"overloaded\"}",
        "\"error\":null",
        "\"error\":\"\"",
        "\"object\":\"error\"",
        "\"id\":\"other\"",
        "\"id\":\"\"",
        "\"id\":7",
        "\"model\":\"other\"",
        "\"model\":null",
        "\"service_tier\":\"priority\"",
        "\"index\":1",
        "\"index\":\"2\"",
        "\"index\":1025",
        "\"choices\":[]",
        "\"choices\":null",
        "\"choices\":[{\"index\":3,\"finish_reason\":\"content_filter\"}]",
        "\"x_groq\":{\"usage\":{\"prompt_tokens\":51,\"completion_tokens\":1,\"total_tokens\":52}}",
        "\"x_groq\":{\"error\":\"no\"}",
        "\"delta\":{\"usage\":{\"prompt_tokens\":61},\"finish_reason\":\"stop\"}",
        "\"x\":{\"choices\":[{\"finish_reason\":\"stop\",\"usage\":{\"prompt_tokens\":71}}]}",
        "\"x\":[[{\"id\":\"}\"}],\"]\",{}]",
        "\"x\":\"\"",
        "\"x\":[]",
        "\"x\":{}",
        "\"x\":-1.5e+30",
        "\"\":true",
        "\"prompt_filter_results\":[{\"index\":0}]",
    ];

    // Inside of a string.
    private static readonly string[] Texts =
    [
        "\\\"usage\\\":{\\\"prompt_tokens\\\":81,\\\"completion_tokens\\\":5}",
        "\\\"},\\\"finish_reason\\\":\\\"stop\\\"",
        "\",\"usage\":{\"prompt_tokens\":91,\"completion_tokens\":5},\"y\":\"",
        "\\u0022usage\\u0022:{}",
        "\\\\",
        "\\\"",
        "\\",
        "\n",
        "\ndata: ",
        "\r",
        "\t",
        "\\ud83d",
        "\\ud83d\\ude42",
        "data: [DONE]",
        "🙂é你",
        "{[",
        "]}",
        "}}]}",
    ];

    private static readonly string[] Lines =
    [
        ": ping\n", ":\n", ":\n\n", "event: x\n", "event\n", "id: 1\n", "retry: 5\n", "data\n", "data:\n", "data:\n\n", "data: \n\n", "\n", "\r\n", "\r", "data: [DONE]\n\n",
        "data: {}\n\n", "data: [1]\n\n", "data: {\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":9,\"total_tokens\":18}}\n\n", "datadata: {\n\n", "Data: {\n\n", " data: {\n\n",
        "event: error\ndata: {\"error\":{\"message\":\"no\"}}\n\n", "\uFEFF", "data : x\n", "a field without a colon\n",
        "data: {\"id\":\"\",\"choices\":[],\"prompt_filter_results\":[]}\n\n",
    ];

    private static readonly string[] Numbers =
        ["0", "1", "-1", "12.0", "1.5", "1e3", "99999999999999999999999999", "9223372036854775807", "-0", "\"12\"", "null", "true", "[1]", "{\"a\":1}", "\"\"", "01", "1e400"];

    private static readonly string[] Names = ["\"usage\"", "\"id\"", "\"model\"", "\"choices\"", "\"finish_reason\"", "\"index\"", "\"error\"", "\"prompt_tokens\""];

    public static byte[] Apply(Random random, byte[] body) => body.Length == 0 ? body : All[random.Next(All.Length)](random, body);

    private static byte[] FlipBit(Random random, byte[] body)
    {
        body = [.. body];
        body[random.Next(body.Length)] ^= (byte)(1 << random.Next(8));
        return body;
    }

    private static byte[] ReplaceByte(Random random, byte[] body)
    {
        ReadOnlySpan<byte> telling = "\"\\{}[],: \n\r\0\x80\xFF"u8;
        body = [.. body];
        body[random.Next(body.Length)] = random.Next(2) == 0 ? (byte)random.Next(256) : telling[random.Next(telling.Length)];
        return body;
    }

    private static byte[] DeleteBytes(Random random, byte[] body)
    {
        int start = random.Next(body.Length);
        return Splice(body, start, Math.Min(body.Length, start + 1 + random.Next(random.Next(2) == 0 ? 1 : 60)), []);
    }

    private static byte[] RepeatBytes(Random random, byte[] body)
    {
        int start = random.Next(body.Length);
        int end = Math.Min(body.Length, start + 1 + random.Next(80));
        int place = random.Next(2) == 0 ? end : random.Next(body.Length);
        return Splice(body, place, place, body.AsSpan(start..end));
    }

    private static byte[] Truncate(Random random, byte[] body) => body[..random.Next(body.Length)];

    private static byte[] RepeatEvent(Random random, byte[] body)
    {
        List<int> bounds = Events.Bounds(body);
        int from = random.Next(bounds.Count - 1);
        int to = bounds[random.Next(bounds.Count)];
        return Splice(body, to, to, body.AsSpan(bounds[from]..bounds[from + 1]));
    }

    private static byte[] DeleteEvent(Random random, byte[] body)
    {
        List<int> bounds = Events.Bounds(body);
        int from = random.Next(bounds.Count - 1);
        return Splice(body, bounds[from], bounds[from + 1], []);
    }

    private static byte[] SwapEvents(Random random, byte[] body)
    {
        List<int> bounds = Events.Bounds(body);
        int first = random.Next(bounds.Count - 1);
        int second = random.Next(first, bounds.Count - 1);
        return first == second
            ? body
            : [
                .. body.AsSpan(..bounds[first]), .. body.AsSpan(bounds[second]..bounds[second + 1]), .. body.AsSpan(bounds[first + 1]..bounds[second]),
                .. body.AsSpan(bounds[first]..bounds[first + 1]), .. body.AsSpan(bounds[second + 1]..),
            ];
    }

    private static byte[] InsertLine(Random random, byte[] body)
    {
        List<int> bounds = Events.Bounds(body);
        return Insert(body, bounds[random.Next(bounds.Count)], Lines[random.Next(Lines.Length)]);
    }

    /// <summary>Puts a member in front of an object's others.</summary>
    private static byte[] InsertMember(Random random, byte[] body)
    {
        int place = Find(random, body, "{"u8) + 1;
        return place < body.Length ? Insert(body, place, Member(random) + (body[place] == (byte)'}' ? "" : ",")) : body;
    }

    /// <summary>Puts a member behind an object's others, where it is the last of its name.</summary>
    private static byte[] AppendMember(Random random, byte[] body)
    {
        int place = Find(random, body, "}"u8);
        return place > 0 ? Insert(body, place, (body[place - 1] == (byte)'{' ? "" : ",") + Member(random)) : body;
    }

    private static string Member(Random random)
    {
        if (random.Next(20) != 0)
        {
            return Members[random.Next(Members.Length)];
        }

        int depth = random.Next(random.Next(10) == 0 ? 3000 : 100);
        return $"\"{(random.Next(3) == 0 ? "usage" : "deep")}\":{string.Concat(Enumerable.Repeat("[{\"a\":", depth))}1{string.Concat(Enumerable.Repeat("}]", depth))}";
    }

    private static byte[] InsertText(Random random, byte[] body)
    {
        ReadOnlySpan<byte> start = random.Next(4) switch
        {
            0 => "\"obfuscation\":\""u8,
            1 => "\"id\":\""u8,
            2 => "\":\""u8,
            _ => "\"content\":\""u8,
        };
        int place = Find(random, body, start);
        if (place < 0)
        {
            return body;
        }

        place += start.Length;
        return random.Next(30) switch
        {
            0 => Insert(body, place, new string('y', random.Next(100_000))),
            1 => Insert(body, place, string.Concat(Enumerable.Repeat("\\n", random.Next(300)))),
            2 => Splice(body, place, place, [0xC3, (byte)random.Next(256)]),
            _ => Insert(body, place, Texts[random.Next(Texts.Length)]),
        };
    }

    private static byte[] EscapeName(Random random, byte[] body)
    {
        byte[] name = Encoding.UTF8.GetBytes(Names[random.Next(Names.Length)]);
        int place = Find(random, body, name);
        if (place < 0)
        {
            return body;
        }

        place += random.Next(1, name.Length - 1);
        return Splice(body, place, place + 1, Encoding.UTF8.GetBytes($"\\u00{body[place]:x2}"));
    }

    private static byte[] ReplaceNumber(Random random, byte[] body)
    {
        int start = Array.FindIndex(body, random.Next(body.Length), IsDigit);
        if (start < 0)
        {
            return body;
        }

        int end = start;
        while (end < body.Length && IsDigit(body[end]))
        {
            end++;
        }

        return Splice(body, start, end, Encoding.UTF8.GetBytes(Numbers[random.Next(Numbers.Length)]));
    }

    private static byte[] InsertWhiteSpace(Random random, byte[] body)
    {
        int place = random.Next(body.Length);
        int length = body.AsSpan(place..).IndexOfAny(",:{}"u8);
        return length < 0 ? body : Insert(body, place + length + random.Next(2), new string(random.Next(3) == 0 ? '\t' : ' ', random.Next(1, 5)));
    }

    private static bool IsDigit(byte character) => char.IsAsciiDigit((char)character);

    /// <summary>Goes on in another line of data, which the parser joins again: the event means the same.</summary>
    private static byte[] SplitDataLine(Random random, byte[] body)
    {
        int place = Find(random, body, ",\""u8);
        return place < 0 ? body : Insert(body, place + random.Next(2), random.Next(2) == 0 ? "\ndata: " : "\r\ndata:");
    }

    /// <summary>Finds the first of these bytes from a random place on, or from the start; less than zero when there are none.</summary>
    private static int Find(Random random, byte[] body, ReadOnlySpan<byte> wanted)
    {
        int from = random.Next(body.Length);
        int length = body.AsSpan(from).IndexOf(wanted);
        return length >= 0 ? from + length : body.AsSpan().IndexOf(wanted);
    }

    private static byte[] Insert(byte[] body, int place, string text) => Splice(body, place, place, Encoding.UTF8.GetBytes(text));

    private static byte[] Splice(byte[] body, int start, int end, ReadOnlySpan<byte> replacement) =>
        [.. body.AsSpan(..start), .. replacement, .. body.AsSpan(end..)];
}
