using System.Text.Json.Nodes;

namespace UsageCapture.TestSupport;

/// <summary>The record that every whole answer of the loopback server yields.</summary>
internal static class ExactRecord
{
    /// <summary>Asserts that a sink has one record, whole and exact. Nothing is waited for: it must be there already.</summary>
    /// <returns>The record, for what differs from test to test.</returns>
    public static UsageRecord Single(InMemoryUsageSink sink)
    {
        UsageRecord record = Assert.Single(sink.Records);
        IsWhole(record);
        return record;
    }

    /// <summary>Asserts that a record is whole and exact.</summary>
    public static void IsWhole(UsageRecord record)
    {
        Assert.Equal(UsageStatus.Exact, record.Status);
        Assert.Equal(UsageOutcome.Completed, record.Outcome);
        Assert.Equal(UsageAnomalies.None, record.Anomalies);
        Assert.False(record.NeedsReview);
        Assert.Null(record.Error);
        Assert.Equal(ChatAnswer.Usage, record.Usage);
        Assert.Equal(56, record.Usage!.Value.UncachedInputTokens);
        Assert.True(JsonNode.DeepEquals(ChatAnswer.UsageJson, JsonNode.Parse(record.RawUsage!)));
        Assert.Equal(200, record.StatusCode);
        Assert.Equal("chat", record.Operation);
        Assert.Equal("openai-chat", record.Protocol);
        Assert.Equal("127.0.0.1", record.ServerAddress);
        Assert.Equal(ChatAnswer.Id, record.ResponseId);
        Assert.Equal(ChatAnswer.Model, record.ResponseModel);
        Assert.Equal("default", record.ServiceTier);
        Assert.Equal("req_42", record.RequestId);
        Assert.Equal(record.Streaming, record.TimeToFirstChunk is not null);
        if (record.TimeToFirstChunk is { } first)
        {
            Assert.InRange(first, TimeSpan.Zero, record.Duration);
        }
    }
}
