using System.Text;
using System.Text.Json;

using FsCheck;
using FsCheck.Fluent;

using UsageCapture.Decoding;
using UsageCapture.Tests.Requests;

namespace UsageCapture.Tests.Decoding.Json;

/// <summary>The scanner captures the same parts as a parser of whole documents, wherever the input is cut.</summary>
public sealed class JsonScannerTests
{
    private static readonly JsonShape Shape = JsonShape.ForObject(
        ("model", JsonShape.ForText(1)),
        ("stream", JsonShape.ForText(2)),
        ("metadata", JsonShape.ForObject(("model", JsonShape.ForText(3)), ("stream_options", JsonShape.ForText(4)))),
        ("messages", JsonShape.ForArray(JsonShape.ForObject(10, ("model", JsonShape.ForText(5))))),
        ("n", JsonShape.ForPresence(6)));

    [Fact]
    public void Parts_OfARandomObjectCutAnywhere_EqualThoseOfAWholeParse() =>
        Prop.ForAll(RequestBodies.Objects.ToArbitrary(), Gen.Choose(1, 9).ToArbitrary(), (body, length) =>
        {
            string json = body.TrimStart('\uFEFF');
            using var document = JsonDocument.Parse(json);

            Assert.Equal(Expected(document.RootElement), Scan(json, length, out bool isComplete));
            Assert.True(isComplete);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(20_000));

    [Theory]
    [InlineData("""{"model":"a"}x""")]
    [InlineData("""{"model":"a"}{}""")]
    [InlineData("""{"model":"a",}""")]
    [InlineData("""{"model" "a"}""")]
    [InlineData("""{model:"a"}""")]
    [InlineData("""{"model":"a"]""")]
    [InlineData("""{"model":"a" """)]
    [InlineData("""{"messages":[,]}""")]
    [InlineData("""{"\u00zz":1}""")]
    [InlineData("""[{"model":"a"}""")]
    [InlineData("""[{"model":"a"},{"model":"b"}]""")]
    [InlineData("""[{"model":"a"}]]""")]
    [InlineData("""[[{"model":"a"}]]""")]
    [InlineData("""{"model":"a"}]""")]
    [InlineData("[]")]
    [InlineData("[DONE]")]
    [InlineData("\"model\"")]
    [InlineData("")]
    public void Document_Invalid_IsNotComplete(string json)
    {
        for (int length = 1; length <= json.Length; length++)
        {
            Scan(json, length, out bool isComplete);
            Assert.False(isComplete);
        }
    }

    [Theory]
    [InlineData("""[{"model":"a"}]""")]
    [InlineData("""[ {"model":"a"} ] """)]
    public void Document_AloneInAnArray_IsRead(string json)
    {
        for (int length = 1; length <= json.Length; length++)
        {
            Assert.Equal(["1 \"a\""], Scan(json, length, out bool isComplete));
            Assert.True(isComplete);
        }
    }

    [Fact]
    public void Part_LargerThanTheLimit_IsDroppedAndTheRestIsFound()
    {
        string json = $$"""{"model":"{{new string('x', JsonCaptures.MaxTextLength)}}","stream":true}""";
        var captures = new JsonCaptures();
        var scanner = new JsonScanner(Shape, captures);

        foreach (byte[] piece in Encoding.UTF8.GetBytes(json).Chunk(1000))
        {
            scanner.Scan(piece);
        }

        Assert.True(scanner.IsComplete && captures.IsOversized);
        Assert.Equal("true", Encoding.UTF8.GetString(captures.GetLastText(1ul << 2)));
        Assert.False(captures.HasNonNull(1ul << 1));
    }

    [Fact]
    public void Name_LongerThanAnyWanted_IsSkipped()
    {
        string json = $$"""{"{{new string('m', 500)}}\n":1,"m\u006fdel":"a"}""";
        for (int length = 1; length <= json.Length; length++)
        {
            Assert.Equal(["1 \"a\""], Scan(json, length, out _));
        }
    }

    [Fact]
    public void Name_WithHalfASurrogatePair_IsSkipped()
    {
        string json = """{"\ud83d":1,"model":"a"}""";
        for (int length = 1; length <= json.Length; length++)
        {
            Assert.Equal(["1 \"a\""], Scan(json, length, out bool isComplete));
            Assert.True(isComplete);
        }
    }

    [Fact]
    public void Scan_OfTheLastPiece_ReturnsTheEndOfTheDocument()
    {
        var scanner = new JsonScanner(Shape, new JsonCaptures());

        Assert.Equal(11, scanner.Scan("{\"model\":1}\n\n"u8));
        Assert.True(scanner.IsComplete);
    }

    private static List<string> Scan(string json, int length, out bool isComplete)
    {
        var captures = new JsonCaptures();
        var scanner = new JsonScanner(Shape, captures);
        foreach (byte[] piece in Encoding.UTF8.GetBytes(json).Chunk(length))
        {
            scanner.Scan(piece.AsSpan(scanner.Scan(piece)));
        }

        isComplete = scanner.IsComplete;
        return [.. Enumerable.Range(0, captures.Count).Select(index => $"{SlotOf(captures, index)} {Encoding.UTF8.GetString(captures.GetText(index))}")];
    }

    private static int SlotOf(JsonCaptures captures, int index) => Enumerable.Range(0, 64).Single(slot => captures.HasSlot(index, 1ul << slot));

    private static List<string> Expected(JsonElement root)
    {
        List<string> parts = [];
        foreach (JsonProperty member in root.EnumerateObject())
        {
            switch (member.Name)
            {
                case "model":
                    parts.Add($"1 {member.Value.GetRawText()}");
                    break;
                case "stream":
                    parts.Add($"2 {member.Value.GetRawText()}");
                    break;
                case "metadata" when member.Value.ValueKind == JsonValueKind.Object:
                    parts.AddRange(member.Value.EnumerateObject().Where(inner => inner.Name is "model" or "stream_options")
                        .Select(inner => $"{(inner.Name == "model" ? 3 : 4)} {inner.Value.GetRawText()}"));
                    break;
                case "messages" when member.Value.ValueKind == JsonValueKind.Array:
                    parts.AddRange(member.Value.EnumerateArray().Where(element => element.ValueKind == JsonValueKind.Object)
                        .SelectMany(element => element.EnumerateObject().Where(inner => inner.Name == "model")
                            .Select(inner => $"5 {inner.Value.GetRawText()}").Prepend("10 ")));
                    break;
                case "n" when member.Value.ValueKind != JsonValueKind.Null:
                    parts.Add("6 ");
                    break;
                default:
                    break;
            }
        }

        return parts;
    }
}
