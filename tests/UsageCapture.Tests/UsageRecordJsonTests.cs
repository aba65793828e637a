using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;

using UsageCapture.Tests.Cutting;

namespace UsageCapture.Tests;

public sealed class UsageRecordJsonTests
{
    public static TheoryData<string> AllRecordings => [.. Recordings.Names];

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

    [Theory]
    [MemberData(nameof(AllRecordings))]
    public async Task FromJson_OfTheRecordOfARecording_IsEqualToIt(string name) =>
        AssertRoundTrip(await Recordings.CaptureAsync(name));

    [Fact]
    public void FromJson_OfRandomRecords_IsEqualToThem()
    {
        for (int seed = 0; seed < 1000; seed++)
        {
            AssertRoundTrip(RandomRecord.Create(seed));
        }
    }

    // Otherwise a new member would not be part of the test above.
    [Fact]
    public void RandomRecords_OfAllSeeds_VaryEveryMember()
    {
        UsageRecord[] records = [.. Enumerable.Range(0, 100).Select(RandomRecord.Create)];

        Assert.All(
            typeof(UsageRecord).GetProperties().Where(property => property.SetMethod is not null),
            property => Assert.Contains(records, record => !Equals(property.GetValue(record), property.GetValue(records[0]))));
        Assert.All(
            typeof(TokenUsage).GetProperties().Where(property => property.SetMethod is not null),
            property => Assert.Contains(records, record => record.Usage is { } usage && property.GetValue(usage) is not null));
    }

    [Fact]
    public void FromJson_WithoutOptionalMembers_HasTheirDefaults()
    {
        UsageRecord record = UsageRecord.FromJson(
            """
            {"id":"01890000-0000-7000-8000-000000000000","started_at":"2026-01-01T00:00:00+00:00","duration":1.5,"provider":"openai",
            "operation":"chat","protocol":"openai-chat","server_address":"a","server_port":443,"status":"missing","outcome":"completed"}
            """);

        Assert.Equal(
            new UsageRecord
            {
                Id = Guid.Parse("01890000-0000-7000-8000-000000000000"),
                StartedAt = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero),
                Duration = TimeSpan.FromSeconds(1.5),
                Provider = "openai",
                Operation = "chat",
                Protocol = "openai-chat",
                ServerAddress = "a",
                ServerPort = 443,
                Status = UsageStatus.Missing,
                Outcome = UsageOutcome.Completed,
            },
            record);
    }

    [Fact]
    public void FromJson_OfANewerVersion_KeepsWhatIsKnown()
    {
        UsageRecord record = RandomRecord.Create(1) with { Anomalies = UsageAnomalies.ModelChanged };
        JsonNode json = JsonNode.Parse(record.ToJson())!;
        json["cost"] = new JsonObject { ["amount"] = 1 };
        json["usage"]?.AsObject().Add("video_tokens", 7);
        json["anomalies"]!.AsArray().Insert(0, "clock_went_backwards");

        Assert.Equal(record, UsageRecord.FromJson(json.ToJsonString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"id\":")]
    [InlineData("not JSON")]
    public void FromJson_OfOtherText_SaysThatItIsNoRecord(string json)
    {
        FormatException exception = Assert.Throws<FormatException>(() => UsageRecord.FromJson(json));

        Assert.StartsWith("The text is ", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("id", "7")]
    [InlineData("id", "\"7\"")]
    [InlineData("started_at", "\"yesterday\"")]
    [InlineData("duration", "\"1.5\"")]
    [InlineData("duration", "1e300")]
    [InlineData("duration", "1e15")]
    [InlineData("time_to_first_chunk", "true")]
    [InlineData("provider", "null")]
    [InlineData("provider", "\"\\ud800\"")]
    [InlineData("server_port", "443.5")]
    [InlineData("status", "\"guessed\"")]
    [InlineData("outcome", "null")]
    [InlineData("usage_request", "\"by_mail\"")]
    [InlineData("anomalies", "\"model_changed\"")]
    [InlineData("anomalies", "[1]")]
    [InlineData("anomalies", "[[]]")]
    [InlineData("finish_reasons", "null")]
    [InlineData("finish_reasons", "[null]")]
    [InlineData("iterations", "[null]")]
    [InlineData("iterations", "[{}]")]
    [InlineData("tags", "null")]
    [InlineData("tags", "{\"tenant\":7}")]
    [InlineData("usage", "{\"input_tokens\":-1}")]
    [InlineData("usage", "{\"input_tokens\":1e300}")]
    [InlineData("usage", "{\"reported_cost\":1e300}")]
    public void FromJson_WithABadValue_IsRefusedWithAReason(string member, string value)
    {
        JsonNode json = JsonNode.Parse(RandomRecord.Create(1).ToJson())!;
        json[member] = "?";
        string text = json.ToJsonString().Replace("\"?\"", value, StringComparison.Ordinal);

        FormatException exception = Assert.Throws<FormatException>(() => UsageRecord.FromJson(text));

        Assert.StartsWith("The text is not the JSON of a usage record. ", exception.Message, StringComparison.Ordinal);
        Assert.NotNull(exception.InnerException);
    }

    [Fact]
    public void FromJson_OfNull_IsRefused() => Assert.Throws<ArgumentNullException>(() => UsageRecord.FromJson(null!));

    [Fact]
    public async Task FromJson_OfARecordWithACutText_GivesAnEqualRecord()
    {
        string json = $$"""{"id":"{{new string('a', 255)}}🙂","object":"chat.completion","model":"m","choices":[]}""";

        UsageRecord record = await CapturedExchange.CaptureAsync(NamedBody.Open("a long id", Chat.Url, "application/json", json).Recording);

        Assert.Equal(new string('a', 255), record.ResponseId);
        AssertRoundTrip(record);
    }

    [Fact]
    public void ToJson_OfInvalidTextsAndValues_DoesNotThrow()
    {
        UsageRecord record = RandomRecord.Create(1) with
        {
            RequestModel = "a\ud800",
            FinishReasons = ["\udc00"],
            Tags = new Dictionary<string, string> { ["\ud800"] = "\udc00b" },
            Status = (UsageStatus)99,
            Outcome = (UsageOutcome)(-1),
            UsageRequest = (UsageRequestState)7,
            Anomalies = (UsageAnomalies)(-1),
        };

        UsageRecord read = UsageRecord.FromJson(record.ToJson());

        Assert.Equal("a\uFFFD", read.RequestModel);
        Assert.Equal((record.Status, record.Outcome, record.UsageRequest), (read.Status, read.Outcome, read.UsageRequest));
    }

    [Theory]
    [InlineData("{ \"a\" : \" \\\" b \" }\r\n", "{\"a\":\" \\\" b \"}")]
    [InlineData("{\"a\":1.00,\"a\":\"\\u0061\\ud800\"}", "{\"a\":1.00,\"a\":\"\\u0061\\ud800\"}")]
    [InlineData("null", null)]
    [InlineData(" null ", null)]
    [InlineData(null, null)]
    public void RawUsage_OfJson_IsKeptWithoutWhiteSpace(string? given, string? kept)
    {
        UsageRecord record = RandomRecord.Create(1) with { RawUsage = given };

        Assert.Equal(kept, record.RawUsage);
        AssertRoundTrip(record);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{} {}")]
    [InlineData("{\"a\":NaN}")]
    [InlineData("{\"a\":1,}")]
    [InlineData("{} // comment")]
    [InlineData("\"line\nbreak\"")]
    [InlineData("lone")]
    [InlineData("deep")]
    public void RawUsage_OfOtherText_IsRefused(string text)
    {
        text = text switch
        {
            "lone" => "\"\ud800\"",
            "deep" => new string('[', 64) + new string(']', 64),
            _ => text,
        };

        ArgumentException exception = Assert.Throws<ArgumentException>(() => RandomRecord.Create(1) with { RawUsage = text });

        Assert.StartsWith("RawUsage is not exactly one JSON value of at most 63 levels. ", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RawUsage_ThatAServerNestsTooDeeply_IsNotInTheRecord()
    {
        string deep = new string('[', 64) + new string(']', 64);
        UsageRecord record = await Recordings.CaptureAsync(
            Chat.Of(Chat.Finish, "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":7,\"x\":" + deep + "}}\n\n", Chat.Done));

        Assert.Null(record.RawUsage);
        AssertRoundTrip(record);
    }

    private static void AssertRoundTrip(UsageRecord record)
    {
        string json = record.ToJson();
        UsageRecord read = UsageRecord.FromJson(json);

        foreach (PropertyInfo property in typeof(UsageRecord).GetProperties())
        {
            Assert.Equal(property.GetValue(record), property.GetValue(read));
        }

        Assert.DoesNotContain('\n', json);
        Assert.Equal(json, read.ToJson());
        Assert.True(record == read);
        Assert.Equal(record.GetHashCode(), read.GetHashCode());
    }
}
