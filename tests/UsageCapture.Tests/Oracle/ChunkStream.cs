using System.Globalization;
using System.Text;

namespace UsageCapture.Tests.Oracle;

/// <summary>Makes long streams of chunks that are alike, as services send them: in one stream one dialect, with what varies varying.</summary>
internal sealed class ChunkStream
{
    private static readonly string[] Words =
    [
        "Hi", " there", "", " ça va?", " 你好", "🙂", "\\n", "\\\"", " \\u00e9", "\\\\", " {", "}", "[", "]", ",", ":", "data: ", " a longer piece of an answer",
        "\\\"usage\\\":{\\\"prompt_tokens\\\":1}", "\\\"finish_reason\\\":\\\"stop\\\"", "null", " 12.5", "\\t",
    ];

    private readonly Random _random;
    private readonly string _lineEnd;
    private readonly string _field;
    private readonly string _event;
    private readonly string _comment;
    private readonly int _choices;
    private readonly bool _isToolCall;
    private readonly bool _varyCreated;
    private readonly bool _hasSequence;
    private readonly bool _runningUsage;
    private readonly bool _usageFirst;
    private readonly string _space;
    private readonly string _padding;
    private readonly string _extra;
    private readonly StringBuilder _text = new();
    private string _id = "chatcmpl-a1";
    private string _model = "gpt-x-2026";
    private string _tier;

    private ChunkStream(Random random)
    {
        _random = random;
        _lineEnd = Pick("\n", "\n", "\n", "\n", "\r\n", "\r\n", "\r");
        _field = Pick("data: ", "data: ", "data: ", "data:");
        _event = Pick("", "", "", "event: message", "event:chunk", "id: 1");
        _comment = Pick("", "", "", ": keep-alive", ":", ": {\"usage\":{\"prompt_tokens\":5}}");
        _choices = Pick(1, 1, 1, 2, 3);
        _isToolCall = Chance(4);
        _varyCreated = Chance(2);
        _hasSequence = Chance(4);
        _runningUsage = Chance(8);
        _usageFirst = Chance(8);
        _space = Pick("", "", "", "", " ");
        _padding = Pick("", "", "", "   ");
        _extra = Pick("", ",\"system_fingerprint\":\"fp_1\"", ",\"system_fingerprint\":null,\"p\":\"ab\"", ",\"prompt_filter_results\":[]", ",\"x_groq\":{\"id\":\"r\"}");
        _tier = Pick("", ",\"service_tier\":\"default\"", ",\"service_tier\":null");
    }

    /// <summary>Makes a stream of at least that many chunks before its end.</summary>
    public static byte[] Create(Random random, int chunks)
    {
        var stream = new ChunkStream(random);
        stream.Write(chunks);
        return Encoding.UTF8.GetBytes(stream._text.ToString());
    }

    private bool Chance(int oneIn) => _random.Next(oneIn) == 0;

    private T Pick<T>(params ReadOnlySpan<T> values) => values[_random.Next(values.Length)];

    private void Write(int chunks)
    {
        int surprise = Chance(3) ? _random.Next(chunks) : -1;
        for (int i = 0; i < chunks; i++)
        {
            if (i == surprise)
            {
                Surprise(i);
            }

            WriteChunk(i, $"{{{Choice(i % _choices, Delta(), "null")}}}", Usage("null"));
        }

        for (int choice = 0; choice < _choices; choice++)
        {
            WriteChunk(chunks + choice, $"{{{Choice(choice, "", Pick("\"stop\"", "\"length\"", "\"tool_calls\""))}}}", Usage("null"));
        }

        if (!Chance(8))
        {
            WriteChunk(chunks + _choices, "", $",\"usage\":{Counts()}");
        }

        if (!Chance(8))
        {
            WriteData("[DONE]");
        }
    }

    /// <summary>Lets something change, or turn up, in the middle of chunks that are otherwise alike.</summary>
    private void Surprise(int number)
    {
        switch (_random.Next(8))
        {
            case 0:
                _id = Pick("chatcmpl-b2", "chatcmpl-a1-and-more", "");
                break;
            case 1:
                _model = Pick("gpt-y-2026", "m", "");
                break;
            case 2:
                _tier = Pick(",\"service_tier\":\"flex\"", "", ",\"service_tier\":null");
                break;
            case 3:
                WriteChunk(number, $"{{{Choice(0, Delta(), "null")}}}", $",\"usage\":{Counts()}");
                break;
            case 4:
                WriteChunk(number, $"{{{Choice(_random.Next(4), Delta(), Pick("\"stop\"", "\"nul\"", "0"))}}}", Usage("null"));
                break;
            case 5:
                WriteChunk(number, $"{{{Choice(0, Delta(), "null")}}}", Pick(",\"error\":{\"code\":\"overloaded\"}", ",\"error\":null", ",\"error\":\"no\""));
                break;
            case 6:
                WriteChunk(number, $"{{{Choice(0, Delta(), "null")},\"usage\":{Counts()}}}", "");
                break;
            default:
                WriteChunk(number, $"{{{Choice(_random.Next(12), Delta(), "null")}}}", Usage("null"));
                break;
        }
    }

    private string Delta()
    {
        string word = Pick<string>(Words);
        return _isToolCall
            ? $"\"tool_calls\":[{{\"index\":0,\"function\":{{\"arguments\":\"{word}\"}}}}]"
            : $"\"content\":\"{word}\"";
    }

    private string Choice(int index, string delta, string finishReason) =>
        $"\"index\":{_space}{index},\"delta\":{_space}{{{delta}}},\"logprobs\":null,\"finish_reason\":{_space}{finishReason}";

    private string Usage(string value) => _runningUsage ? $",\"usage\":{Counts()}" : $",\"usage\":{value}";

    private string Counts()
    {
        int input = _random.Next(_random.Next(4) * 1000 + 1);
        int output = _random.Next(200);
        return $"{{\"prompt_tokens\":{input},\"completion_tokens\":{output},\"total_tokens\":{input + output},\"prompt_tokens_details\":{{\"cached_tokens\":{input / 2}}}}}";
    }

    private void WriteChunk(int number, string choice, string usage)
    {
        string created = (_varyCreated ? 1790000000 + (number / 3) : 1790000000).ToString(CultureInfo.InvariantCulture);
        string sequence = _hasSequence ? $",\"sequence_number\":{number}" : "";
        string before = _usageFirst ? usage.TrimStart(',') + "," : "";
        before = before == "," ? "" : before;
        string after = _usageFirst ? "" : usage;
        string obfuscation = _extra.Length == 0 ? $",\"obfuscation\":\"{new string('x', _random.Next(9))}\"" : _extra;
        WriteData(
            $"{{{before}\"id\":{_space}\"{_id}\",\"object\":\"chat.completion.chunk\",\"created\":{created},\"model\":{_space}\"{_model}\"{_tier}{sequence}"
            + $",{_space}\"choices\":{_space}[{choice}]{after}{obfuscation}{_padding}}}");
    }

    private void WriteData(string data)
    {
        if (_event.Length > 0)
        {
            _text.Append(_event).Append(_lineEnd);
        }

        _text.Append(_field).Append(data).Append(_lineEnd).Append(_lineEnd);
        if (_comment.Length > 0 && Chance(5))
        {
            _text.Append(_comment).Append(_lineEnd).Append(Chance(2) ? _lineEnd : "");
        }
    }
}
