using System.Text;
using System.Text.Json;

using UsageCapture.Decoding;
using UsageCapture.Providers;
using UsageCapture.Tests.Oracle;

namespace UsageCapture.Tests.Decoding.Templates;

/// <summary>An event that differs from a learned one only in its variable ranges is skipped, or restored if it stops matching.</summary>
public sealed class RepeatedEventSkipperTests
{
    private static readonly string[] Texts =
    [
        "", "a", "ab", "b", "\\\"", "\\\\", "ab\\\\\\\"", "\\u00e9", "é", "}",
        "\\\",\\\"usage\\\":{\\\"prompt_tokens\\\":1}", "more than the thirty-two bytes of a vector",
    ];

    private static readonly string[] Numbers = ["0", "1", "12", "-1", "1.5", "1e5"];

    [Fact]
    public void Event_DifferingInItsVariableRanges_IsSkippedOrRestoredWhereverItIsCut()
    {
        foreach ((string known, string other) in Pairs(Texts))
        {
            foreach ((string knownNumber, string otherNumber) in Pairs(Numbers))
            {
                (byte[] first, VariableRange[] ranges) = Event(known, knownNumber, padding: known.Length % 3);
                (byte[] second, VariableRange[] otherRanges) = Event(other, otherNumber, padding: other.Length % 3);
                for (int cut = 1; cut <= second.Length; cut++)
                {
                    bool isCutInRange = Array.Exists(otherRanges, range => cut > range.Start && cut <= range.Start + range.Length);
                    AssertSkipped(first, ranges, second, cut, isCutInRange);
                }
            }
        }
    }

    [Fact]
    public void Stream_OfEventsDifferingInTheirTexts_GivesTheOraclesRecordWhereverItIsCut()
    {
        foreach ((string known, string other) in Pairs(Texts))
        {
            string first = Chunk(known, "1", "null");
            string second = Chunk(other, "12", "null");
            string usage = Chunk(other, "1", "null").Replace("\"usage\":null", "\"usage\":{\"prompt_tokens\":7}", StringComparison.Ordinal);
            string end = Chunk(known, "1", "\"stop\"") + usage;
            byte[] body = Encoding.UTF8.GetBytes(first + second + first + end + "data: [DONE]\n\n");
            var stream = new KnownBody(body, new ChatCompletionsProvider(), "text/event-stream", contentEncoding: [], plain: body);
            Assert.True(stream.IsReadable);
            int start = 2 * Encoding.UTF8.GetByteCount(first);
            int begin = start / 2;
            for (int cut = begin + 1; cut <= start + Encoding.UTF8.GetByteCount(second); cut++)
            {
                stream.AssertSame(new Cuts(0, begin, cut));
                stream.AssertSame(new Cuts(0, begin, cut, cut + 1));
            }
        }
    }

    private static IEnumerable<(string Known, string Other)> Pairs(string[] values) => values.SelectMany(_ => values, (known, other) => (known, other));

    private static string Chunk(string text, string created, string finishReason) =>
        $"data: {{\"id\":\"c\",\"created\":{created},\"choices\":[{{\"index\":0,\"delta\":{{\"content\":\"{text}\"}},\"finish_reason\":{finishReason}}}],\"usage\":null}}\n\n";

    private static (byte[] Bytes, VariableRange[] Ranges) Event(string text, string number, int padding)
    {
        string beforeText = "data: {\"id\":\"c\",\"t\":\"";
        string beforeNumber = $"{beforeText}{text}\",\"n\":";
        string beforePadding = $"{beforeNumber}{number},\"model\":\"m\"";
        return (
            Encoding.UTF8.GetBytes($"{beforePadding}{new string(' ', padding)}}}\n\n"),
            [
                Range(VariableRangeKind.String, beforeText, Encoding.UTF8.GetByteCount(text)),
                Range(VariableRangeKind.Number, beforeNumber, number.Length),
                Range(VariableRangeKind.Padding, beforePadding, padding),
            ]);
    }

    private static VariableRange Range(VariableRangeKind kind, string before, int length) => new(kind, Encoding.UTF8.GetByteCount(before), length);

    private static void AssertSkipped(byte[] known, VariableRange[] ranges, byte[] other, int cut, bool isCutInRange)
    {
        var skipper = new RepeatedEventSkipper();
        skipper.Learn(known, ranges);

        Assert.Equal(cut, skipper.SkipKnownEvents(other.AsSpan(..cut)));
        int rest = other.Length - cut;
        if (skipper.SkipKnownEvents(other.AsSpan(cut)) == rest)
        {
            Assert.False(skipper.HasPartialEvent);
            Assert.Equal(other.Length, skipper.SkipKnownEvents(other));
        }
        else
        {
            // The range that differs began before the cut, so the event is restored, with a placeholder in the range.
            Assert.True(isCutInRange, $"Cut at {cut}: {Encoding.UTF8.GetString(other)} after {Encoding.UTF8.GetString(known)}");
            byte[] restored = [.. skipper.RestoreSkippedBytes().SelectMany(piece => piece.ToArray()), .. other.AsSpan(cut)];
            using var document = JsonDocument.Parse(restored.AsMemory("data: ".Length));
            Assert.Equal("c", document.RootElement.GetProperty("id").GetString());
            Assert.Equal("m", document.RootElement.GetProperty("model").GetString());
        }

        skipper.Clear();
    }
}
