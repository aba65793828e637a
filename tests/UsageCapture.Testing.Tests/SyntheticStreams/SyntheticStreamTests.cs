using UsageCapture.Testing.Tests.SdkAgreement;

namespace UsageCapture.Testing.Tests.SyntheticStreams;

/// <summary>Tests that the real SDKs can read synthetic streams, and that SDKs and usage records report the usage that was set.</summary>
public sealed class SyntheticStreamTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<Recording> AllBuilders =>
    [
        .. Enum.GetValues<ChatUsagePlacement>().Select(placement => ChatStream.Create("gpt-5-mini")
            .Text("Hel", "lo").Finish("stop").Usage(prompt: 12, cached: 4, completion: 7, placement: placement).ToRecording($"chat-{placement}")),
        ChatStream.Create("gpt-5-mini").Text("Hello").Error("server_error").ToRecording("chat-error"),
        ChatStream.Create("gpt-5-mini").PromptFilterResults().Text("Hello").Finish("stop").Usage(prompt: 12, completion: 7).ToRecording("chat-of-azure"),
        ResponsesStream.Create("gpt-5-mini").Text("Hello").Finish().Usage(input: 12, cached: 4, output: 7, reasoning: 2).ToRecording("responses"),
        ResponsesStream.Create("gpt-5-mini").Text("Hello").Error("server_error").ToRecording("responses-error"),
        .. Enum.GetValues<MessagesUsagePlacement>().Select(placement => MessagesStream.Create("claude-sonnet-4-5")
            .Text("Hello").Finish("end_turn").Usage(input: 12, cacheRead: 4, cacheWrite: 5, output: 7, placement: placement).ToRecording($"messages-{placement}")),
        MessagesStream.Create("claude-sonnet-4-5").Text("Hello").Error("overloaded_error").ToRecording("messages-error"),
        .. Enum.GetValues<GeminiUsagePlacement>().Select(placement => GeminiStream.Create("gemini-2.5-flash")
            .Text("Hel", "lo").Finish("STOP").Usage(prompt: 12, cached: 4, candidates: 7, thoughts: 3, placement: placement).ToRecording($"gemini-{placement}")),
        GeminiStream.Create("gemini-2.5-flash").Text("Hello").Error("UNAVAILABLE").ToRecording("gemini-error"),
    ];

    [Theory]
    [MemberData(nameof(AllBuilders), DisableDiscoveryEnumeration = true)]
    public async Task Stream_OfAnyBuilder_GivesTheExpectedRecord(Recording recording) =>
        Assert.Empty(recording.GetDifferences(await Recordings.CaptureAsync(recording)));

    [Fact]
    public async Task Chat_OfText_IsReadByTheSdkAndRecorded()
    {
        Recording recording = ChatStream.Create("gpt-5-mini").Text("Hel", "lo").Finish("stop").Usage(prompt: 12, cached: 4, completion: 7, reasoning: 2).ToRecording();

        (ReportedUsage reported, UsageRecord record) = await ReadChatAsync(recording);

        Assert.Equal(new ReportedUsage { HasUsage = true, Input = 12, Cached = 4, Output = 7, Reasoning = 2, Total = 19, Text = "Hello" }, reported);
        Assert.Empty(recording.GetDifferences(record));
        Assert.Equal(UsageAnomalies.None, record.Anomalies);
    }

    [Fact]
    public async Task Chat_OfToolCalls_IsReadByTheSdk()
    {
        Recording recording = ChatStream.Create("gpt-5-mini")
            .ToolCall("get_weather", """{"city":"Ulm"}""")
            .ToolCall("get_time", "{}", id: "call_time")
            .Finish("tool_calls")
            .Usage(prompt: 30, completion: 11)
            .ToRecording();

        (ReportedUsage reported, UsageRecord record) = await ReadChatAsync(recording);

        Assert.Equal("""get_weather({"city":"Ulm"})get_time({})""", reported.Text);
        Assert.Equal(["tool_calls"], record.FinishReasons);
        Assert.Empty(recording.GetDifferences(record));
    }

    [Theory]
    [InlineData(ChatUsagePlacement.OwnChunk, true)]
    [InlineData(ChatUsagePlacement.OwnChunkWithChoice, true)]
    [InlineData(ChatUsagePlacement.FinishChunk, true)]
    [InlineData(ChatUsagePlacement.EveryChunk, true)]
    [InlineData(ChatUsagePlacement.InsideChoice, false)]
    [InlineData(ChatUsagePlacement.XGroq, false)]
    [InlineData(ChatUsagePlacement.AfterDone, false)]
    public async Task Chat_WithUsageAtAnyPosition_IsRecorded(ChatUsagePlacement placement, bool isReportedByTheSdk)
    {
        Recording recording = ChatStream.Create("m").Text("a", "b", "c").Finish("stop").Usage(prompt: 9, completion: 3, cached: 1, placement: placement).ToRecording();

        (ReportedUsage reported, _) = await ReadChatAsync(recording);
        UsageRecord record = await Recordings.CaptureAsync(recording);

        Assert.Equal(isReportedByTheSdk, reported.HasUsage);
        Assert.Empty(recording.GetDifferences(record));
    }

    [Fact]
    public async Task Chat_WithAnError_HasTheOutcomeServerError()
    {
        Recording recording = ChatStream.Create("m").Text("a").Finish("stop").Usage(prompt: 9, completion: 3).Error("overloaded").ToRecording();

        UsageRecord record = await Recordings.CaptureAsync(recording);

        Assert.Equal((UsageOutcome.ServerError, "overloaded"), (record.Outcome, record.Error?.Code));
        Assert.Empty(recording.GetDifferences(record));
    }

    [Fact]
    public async Task Chat_WithoutFinish_HasNoFinishReason()
    {
        UsageRecord record = await Recordings.CaptureAsync(ChatStream.Create("m").Text("a").ToRecording());

        Assert.Equal((UsageStatus.Missing, 0), (record.Status, record.FinishReasons.Count));
    }

    [Fact]
    public async Task Chat_Rejected_ThrowsInTheSdk()
    {
        Recording recording = ChatStream.CreateRejection(429, "rate_limit_exceeded", TimeSpan.FromSeconds(2));

        (ReportedUsage reported, UsageRecord record) = await ReadChatAsync(recording);

        Assert.Equal(429, Assert.IsType<System.ClientModel.ClientResultException>(reported.Failure).Status);
        Assert.Equal("2", recording.Response.Headers!["retry-after"]);
        Assert.Equal("rate_limit_exceeded", record.Error?.Code);
        Assert.Empty(recording.GetDifferences(record));
    }

    [Fact]
    public async Task Responses_OfTextAndACall_IsReadByTheSdk()
    {
        Recording recording = ResponsesStream.Create("gpt-5-mini")
            .Text("Hel", "lo")
            .ToolCall("get_weather", """{"city":"Ulm"}""")
            .Finish()
            .Usage(input: 12, cached: 4, output: 7, reasoning: 2)
            .ToRecording();

        ReportedUsage reported = await ReadAsync(recording, OpenAISdkReader.ReadResponsesAsync);

        Assert.Equal(
            new ReportedUsage { HasUsage = true, Input = 12, Cached = 4, Output = 7, Reasoning = 2, Total = 19, Text = """Helloget_weather({"city":"Ulm"})""" },
            reported);
    }

    [Theory]
    [InlineData("incomplete")]
    [InlineData("failed")]
    public async Task Responses_NotCompleted_StillReportUsage(string status)
    {
        Recording recording = ResponsesStream.Create("m").Text("Hel").Finish(status).Usage(input: 12, output: 7).ToRecording();

        ReportedUsage reported = await ReadAsync(recording, OpenAISdkReader.ReadResponsesAsync);

        Assert.Equal((19, null), (reported.Total, reported.Failure));
    }

    [Fact]
    public async Task Responses_WithAnError_HaveNoUsage()
    {
        ReportedUsage reported = await ReadAsync(
            ResponsesStream.Create("m").Text("Hel").Error("server_error").ToRecording(), OpenAISdkReader.ReadResponsesAsync);

        Assert.Equal((false, null), (reported.HasUsage, reported.Failure));
    }

    [Theory]
    [InlineData(MessagesUsagePlacement.StartAndDelta)]
    [InlineData(MessagesUsagePlacement.InputOnlyInStart)]
    [InlineData(MessagesUsagePlacement.OnlyDelta)]
    public async Task Messages_OfTextAndAToolUse_AreReadByTheSdk(MessagesUsagePlacement placement)
    {
        Recording recording = MessagesStream.Create("claude-sonnet-4-5")
            .Text("Hel", "lo")
            .ToolUse("get_weather", """{"city":"Ulm"}""")
            .Finish("tool_use")
            .Usage(input: 12, cacheRead: 4, cacheWrite: 5, output: 7, placement: placement)
            .ToRecording();

        ReportedUsage reported = await ReadAsync(recording, AnthropicSdkReader.ReadAsync);

        Assert.Equal(
            new ReportedUsage { HasUsage = true, Input = 21, Cached = 4, CacheWrite = 5, Output = 7, Text = """Helloget_weather({"city":"Ulm"})""" }, reported);
    }

    [Fact]
    public async Task Messages_WithoutUsage_AreExpectedToReportZeros()
    {
        Recording recording = MessagesStream.Create("m").Text("Hello").Finish("end_turn").ToRecording();
        var sink = new InMemoryUsageSink();
        using var http = new HttpClient(new UsageCaptureHandler(sink) { InnerHandler = new ReplayHandler(recording) });

        await (await http.SendAsync(recording.CreateRequest(), Token)).Content.LoadIntoBufferAsync(Token);

        Assert.Empty(recording.GetDifferences(Assert.Single(sink.Records)));
    }

    [Fact]
    public void ToolCalls_WithoutAnId_HaveDifferentIds()
    {
        Recording[] recordings =
        [
            ChatStream.Create("m").ToolCall("a", "{}").ToolCall("b", "{}").ToRecording(),
            ResponsesStream.Create("m").ToolCall("a", "{}").ToolCall("b", "{}").ToRecording(),
        ];

        Assert.All(recordings, recording => AssertContains(recording, "\"call_1\"", "\"call_2\""));
        AssertContains(MessagesStream.Create("m").ToolUse("a", "{}").ToolUse("b", "{}").ToRecording(), "\"toolu_1\"", "\"toolu_2\"");

        static void AssertContains(Recording recording, params string[] texts) =>
            Assert.All(texts, text => Assert.Contains(text, System.Text.Encoding.UTF8.GetString(recording.Body.Span), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Messages_WithAnError_ThrowInTheSdk()
    {
        ReportedUsage reported = await ReadAsync(MessagesStream.Create("m").Text("Hel").Error("overloaded_error").ToRecording(), AnthropicSdkReader.ReadAsync);

        Assert.Contains("overloaded_error", Assert.IsAssignableFrom<Exception>(reported.Failure).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Messages_Rejected_ThrowInTheSdk()
    {
        ReportedUsage reported = await ReadAsync(MessagesStream.CreateRejection(529, "overloaded_error"), AnthropicSdkReader.ReadAsync);

        Assert.Contains("overloaded_error", Assert.IsAssignableFrom<Exception>(reported.Failure).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Gemini_OfTextAndACall_HasGrowingUsageInEveryChunk()
    {
        Recording recording = GeminiStream.Create("gemini-2.5-flash")
            .Text("Hel", "lo")
            .ToolCall("get_weather", """{"city":"Ulm"}""")
            .Finish("STOP")
            .Usage(prompt: 12, cached: 4, candidates: 7, thoughts: 3)
            .ToRecording();

        Assert.Equal(
            """
            data: {"candidates":[{"content":{"parts":[{"text":"Hel"}],"role":"model"},"index":0}],"modelVersion":"gemini-2.5-flash","responseId":"synthetic","usageMetadata":{"promptTokenCount":12,"candidatesTokenCount":0,"totalTokenCount":15,"cachedContentTokenCount":4,"thoughtsTokenCount":3}}

            data: {"candidates":[{"content":{"parts":[{"text":"lo"}],"role":"model"},"index":0}],"modelVersion":"gemini-2.5-flash","responseId":"synthetic","usageMetadata":{"promptTokenCount":12,"candidatesTokenCount":1,"totalTokenCount":16,"cachedContentTokenCount":4,"thoughtsTokenCount":3}}

            data: {"candidates":[{"content":{"parts":[{"functionCall":{"name":"get_weather","args":{"city":"Ulm"}}}],"role":"model"},"index":0,"finishReason":"STOP"}],"modelVersion":"gemini-2.5-flash","responseId":"synthetic","usageMetadata":{"promptTokenCount":12,"candidatesTokenCount":7,"totalTokenCount":22,"cachedContentTokenCount":4,"thoughtsTokenCount":3}}


            """,
            System.Text.Encoding.UTF8.GetString(recording.Body.Span));
        Assert.Equal(22, recording.Expected?.GetProperty("usage").GetProperty("total_tokens").GetInt32());
    }

    [Fact]
    public void Gemini_WithUsageAtTheEnd_HasItOnce()
    {
        string body = System.Text.Encoding.UTF8.GetString(GeminiStream.Create("m")
            .Text("a", "b").Finish("STOP").Usage(prompt: 1, candidates: 2, placement: GeminiUsagePlacement.LastChunk).ToRecording().Body.Span);

        Assert.Equal(2, body.Split("usageMetadata").Length);
    }

    private static async Task<(ReportedUsage Reported, UsageRecord Record)> ReadChatAsync(Recording recording)
    {
        var sink = new InMemoryUsageSink();
        using var http = new HttpClient(new UsageCaptureHandler(sink) { InnerHandler = new ReplayHandler(recording) });
        ReportedUsage reported = await OpenAISdkReader.ReadChatAsync(http, recording.Request.Url, Token);
        return (reported, Assert.Single(await sink.WaitForAsync(1, Token)));
    }

    private static async Task<ReportedUsage> ReadAsync(Recording recording, Func<HttpClient, Uri, CancellationToken, Task<ReportedUsage>> read)
    {
        using var http = new HttpClient(new ReplayHandler(recording.InRandomChunks(seed: 7)));
        return await read(http, recording.Request.Url, Token);
    }
}
