using System.Text;

using UsageCapture.Providers;

namespace UsageCapture.Tests.Providers;

public sealed class ErrorReaderTests
{
    private static readonly string Longest = new('x', 128);

    [Theory]
    [InlineData("", false)]
    [InlineData("null", false)]
    [InlineData("\"\"", false)]
    [InlineData("\"n\"", true)]
    [InlineData("{}", true)]
    [InlineData("[]", true)]
    [InlineData("0", true)]
    [InlineData("false", true)]
    public void IsReported_OfAMember_IsFalseForNothing(string json, bool expected) =>
        Assert.Equal(expected, ErrorReader.IsReported(Encoding.UTF8.GetBytes(json)));

    [Theory]
    [InlineData("""{"code":"c","type":"t","param":"p","message":"m"}""", "c", "t", "p")]
    [InlineData("""{"code":400,"status":"s"}""", "400", "s", null)]
    [InlineData("""{"status":"s","type":"t"}""", null, "t", null)]
    [InlineData("""{"type":"t","status":"s"}""", null, "t", null)]
    [InlineData("""{"code":null,"type":"","param":{},"status":[]}""", null, null, null)]
    [InlineData("""{"code":"a","code":"b"}""", "b", null, null)]
    [InlineData("""{"details":{"code":"c","type":"t","param":"p"}}""", null, null, null)]
    [InlineData("\"text\"", null, null, null)]
    [InlineData("{}", null, null, null)]
    public void Read_OfAnObject_HasItsParts(string json, string? code, string? type, string? parameter) =>
        Assert.Equal(new UsageError { Code = code, Type = type, Parameter = parameter }, ErrorReader.Read(Encoding.UTF8.GetBytes(json)));

    [Theory]
    [InlineData("x")]
    [InlineData("\\u0078")] // The same letter, with an escape.
    public void Texts_AreCutAt128Characters(string letter)
    {
        string json = $"\"{string.Concat(Enumerable.Repeat(letter, 129))}\"";
        byte[] text = Encoding.UTF8.GetBytes(json);

        Assert.Equal(
            new UsageError { Code = Longest, Type = Longest, Parameter = Longest },
            ErrorReader.Read(Encoding.UTF8.GetBytes($$"""{"code":{{json}},"type":{{json}},"param":{{json}}}""")));
        Assert.Equal(Longest, ErrorReader.Read(Encoding.UTF8.GetBytes($$"""{"status":{{json}}}""")).Type);
        Assert.Equal(new UsageError { Code = Longest, Type = Longest, Parameter = Longest }, ErrorReader.ReadParts(text, text, text));
        Assert.Equal(new UsageError { Type = Longest }, ErrorReader.ReadAwsFault(text));
    }

    [Fact]
    public void FromMembers_OfOneOfThem_HasItAlone()
    {
        Assert.Equal(new UsageError { Code = "c" }, ErrorReader.ReadParts("\"c\""u8, []));
        Assert.Equal(new UsageError { Type = "t" }, ErrorReader.ReadParts([], "\"t\""u8));
        Assert.Equal(new UsageError { Parameter = "p" }, ErrorReader.ReadParts([], [], "\"p\""u8));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("\"\"")]
    [InlineData("{}")]
    public void FromAwsFault_WithoutAName_IsNull(string json) => Assert.Null(ErrorReader.ReadAwsFault(Encoding.UTF8.GetBytes(json)));
}
