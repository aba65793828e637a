using System.Text;

using UsageCapture.Providers;

namespace UsageCapture.Tests.Providers;

/// <summary>The usage objects of one message, one after the other.</summary>
public sealed class AnthropicUsageTests
{
    [Theory]
    [InlineData("""{"input_tokens":9}""", """{"output_tokens":4}""", "9 4", false)]
    [InlineData("""{"input_tokens":9,"output_tokens":1}""", null, "9 1", true)] // The output at the start is a placeholder.
    [InlineData("""{"input_tokens":9,"output_tokens":1}""", """{"output_tokens":null}""", "9 1", true)]
    [InlineData("""{"input_tokens":9,"output_tokens":1}""", """{"input_tokens":8}""", "8 1", true)]
    [InlineData("""{"output_tokens":1}""", """{"output_tokens":4}""", "- 4", true)]
    [InlineData("""{"input_tokens":9}""", """{"input_tokens":0,"output_tokens":4}""", "9 4", false)]
    [InlineData("""{"input_tokens":0}""", """{"input_tokens":9,"output_tokens":4}""", "9 4", false)]
    [InlineData("""{"input_tokens":9,"cache_read_input_tokens":3}""", """{"input_tokens":0,"cache_read_input_tokens":12,"output_tokens":4}""", "12 4", false)]
    [InlineData("""{"input_tokens":9,"cache_read_input_tokens":3}""", """{"cache_read_input_tokens":0,"output_tokens":4}""", "12 4", false)]
    [InlineData("""{"input_tokens":9}""", """{"server_tool_use":{"web_search_requests":1}}""", "9 -", true)]
    public void Counts_OfAStartAndALaterObject_AreMerged(string start, string? later, string expected, bool isIncomplete)
    {
        var usage = new AnthropicUsage();
        UsageReading reading = usage.ReadStart(Encoding.UTF8.GetBytes(start));
        UsageReading laterReading = later is null ? default : usage.ReadBodyOrDelta(Encoding.UTF8.GetBytes(later));

        TokenUsage counts = (laterReading.Usage ?? reading.Usage)!.Value;
        Assert.Equal((expected, isIncomplete), ($"{Show(counts.InputTokens)} {Show(counts.OutputTokens)}", usage.IsIncomplete));
    }

    [Theory]
    [InlineData("""{"input_tokens":7,"output_tokens":1}""", "7 1")]
    [InlineData("""{"input_tokens":0,"output_tokens":1}""", "9 1")]
    public void Start_ThatComesAgain_ReplacesTheFirstExceptByZeros(string second, string expected)
    {
        var usage = new AnthropicUsage();
        usage.ReadStart("""{"input_tokens":9,"output_tokens":1}"""u8);
        usage.ReadBodyOrDelta("""{"output_tokens":4}"""u8);

        TokenUsage counts = usage.ReadStart(Encoding.UTF8.GetBytes(second)).Usage!.Value;

        Assert.Equal(expected, $"{Show(counts.InputTokens)} {Show(counts.OutputTokens)}");
        Assert.True(usage.IsIncomplete);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"server_tool_use":{"web_search_requests":1}}""")]
    public void Object_WithoutTokens_IsNoUsage(string json)
    {
        var usage = new AnthropicUsage();

        Assert.Null(usage.ReadBodyOrDelta(Encoding.UTF8.GetBytes(json)).Usage);
        Assert.True(usage.IsIncomplete);
    }

    [Theory]
    [InlineData("""{"output_tokens":4,"iterations":[{"type":"message","output_tokens":4}]}""", 1)]
    [InlineData("""{"iterations":[{"type":"message"},{"type":"message"}]}""", 2)]
    [InlineData("""{"output_tokens":4,"iterations":null}""", 0)]
    [InlineData("""{"output_tokens":4,"iterations":{}}""", 0)]
    [InlineData("""{"output_tokens":4,"iterations":[{"type":"message"}]x}""", 0)]
    [InlineData("""{"output_tokens":4}""", 0)]
    public void Iterations_OfAnObject_AreThoseOfItsList(string json, int expected)
    {
        var usage = new AnthropicUsage();

        usage.ReadBodyOrDelta(Encoding.UTF8.GetBytes(json));

        Assert.Equal(expected, usage.Iterations.Count);
    }

    private static string Show(long? count) => count?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "-";
}
