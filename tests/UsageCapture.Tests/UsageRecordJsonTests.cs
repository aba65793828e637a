using System.Text.Json;

namespace UsageCapture.Tests;

public sealed class UsageRecordJsonTests
{
    [Fact]
    public async Task ToJson_OfARecord_IsOneLineInSnakeCaseWithTheRawUsageAsAnObject()
    {
        UsageRecord record = await Recordings.CaptureAsync("openai-json");

        string json = record.ToJson();

        Assert.DoesNotContain('\n', json);
        using var document = JsonDocument.Parse(json);
        JsonElement root = document.RootElement;
        Assert.Equal("exact", root.GetProperty("status").GetString());
        Assert.Equal(120, root.GetProperty("usage").GetProperty("input_tokens").GetInt64());
        Assert.Equal(JsonValueKind.Null, root.GetProperty("usage").GetProperty("cache_write_tokens").ValueKind);
        Assert.Equal(64, root.GetProperty("raw_usage").GetProperty("prompt_tokens_details").GetProperty("cached_tokens").GetInt32());
        Assert.Equal(record.Duration.TotalSeconds, root.GetProperty("duration").GetDouble(), 6);
        Assert.Equal(record.Id, root.GetProperty("id").GetGuid());
    }
}
