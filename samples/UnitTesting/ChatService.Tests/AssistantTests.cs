using System.ClientModel;
using System.Text;

using OpenAI;
using OpenAI.Chat;

using UsageCapture;
using UsageCapture.Testing;

namespace ChatService.Tests;

/// <summary>Tests the assistant with the real SDK and replayed responses: its answers, and the token usage of its calls.</summary>
public sealed class AssistantTests
{
    private static readonly Recording Hello =
        ChatStream.Create("gpt-5-mini").Text("Hel", "lo!").Finish("stop").Usage(prompt: 12, completion: 7).ToRecording();

    private readonly InMemoryUsageSink _usage = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Answer_IsReturnedWordByWord()
    {
        List<string> words = [];
        await foreach (string word in CreateAssistant(Hello.InChunksByEvent()).AskAsync("Say hello.", Token))
        {
            words.Add(word);
        }

        Assert.Equal(["Hel", "lo!"], words.Where(word => word.Length > 0));
        UsageRecord call = Assert.Single(_usage.Records);
        Assert.Equal((12, 7, UsageStatus.Exact), (call.Usage?.InputTokens, call.Usage?.OutputTokens, call.Status));
    }

    [Fact]
    public async Task CachedTokens_AreCounted()
    {
        Recording cached = RecordingFiles.LoadResource(typeof(AssistantTests).Assembly, "hello.json");

        string answer = await AskAsync(CreateAssistant(cached));

        Assert.Equal("Hello there — ça va? 你好 🙂", answer);
        UsageRecord call = Assert.Single(_usage.Records);
        Assert.Equal((120, 64, 56), (call.Usage?.InputTokens, call.Usage?.CachedInputTokens, call.Usage?.UncachedInputTokens));
        Assert.Empty(cached.GetDifferences(call));
    }

    [Fact]
    public async Task Question_AboutTheWeather_CallsTheTool()
    {
        var replay = new ReplayHandler(
            ChatStream.Create("gpt-5-mini").ToolCall("get_weather", """{"city":"Ulm"}""").Finish("tool_calls").Usage(prompt: 40, completion: 15).ToRecording("call"),
            ChatStream.Create("gpt-5-mini").Text("It rains in Ulm.").Finish("stop").Usage(prompt: 70, cached: 40, completion: 9).ToRecording("answer"))
        {
            IsOrderRequired = true,
        };

        string answer = await AskAsync(CreateAssistant(replay));

        Assert.Equal("It rains in Ulm.", answer);
        Assert.Contains("\"content\":\"Rain in Ulm\"", Encoding.UTF8.GetString(replay.RequestBodies[1].Span), StringComparison.Ordinal);
        Assert.Equal([40, 70], _usage.Records.Select(call => call.Usage?.InputTokens));
        Assert.Equal(24, _usage.Records.Sum(call => call.Usage?.OutputTokens));
    }

    [Fact]
    public async Task Answer_ThatEndsWithAnError_Throws()
    {
        await Assert.ThrowsAsync<AnswerCutOffException>(() => AskAsync(CreateAssistant(Hello.WithErrorAfter(eventCount: 2, "server_error"))));

        UsageRecord call = Assert.Single(_usage.Records);
        Assert.Equal((UsageOutcome.ServerError, "server_error", true), (call.Outcome, call.Error?.Code, call.NeedsReview));
    }

    [Fact]
    public async Task Answer_WithAConnectionReset_Throws()
    {
        await Assert.ThrowsAsync<IOException>(() => AskAsync(CreateAssistant(Hello.ResetAfter(Hello.LengthOfFirstEvents(2)))));

        UsageRecord call = Assert.Single(_usage.Records);
        Assert.Equal((UsageOutcome.Faulted, UsageStatus.Missing, true), (call.Outcome, call.Status, call.NeedsReview));
    }

    [Fact]
    public async Task RejectedRequest_IsRetried()
    {
        string answer = await AskAsync(CreateAssistant(ChatStream.CreateRejection(429, "rate_limit_exceeded"), Hello));

        Assert.Equal("Hello!", answer);
        Assert.Equal([UsageOutcome.Rejected, UsageOutcome.Completed], _usage.Records.Select(call => call.Outcome));
        Assert.Equal(19, _usage.Records.Sum(call => call.Usage?.TotalTokens));
    }

    [Fact]
    public async Task Answer_ThatStalls_CanBeCanceled()
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);
        Recording stalling = Hello.StalledAfter(Hello.LengthOfFirstEvents(2));
        await using IAsyncEnumerator<string> words = CreateAssistant(stalling).AskAsync("Say hello.", cancel.Token).GetAsyncEnumerator(Token);
        while (words.Current != "Hel")
        {
            Assert.True(await words.MoveNextAsync());
        }

        Task<bool> next = words.MoveNextAsync().AsTask();
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next);
        UsageRecord call = Assert.Single(_usage.Records);
        Assert.Equal((UsageOutcome.Canceled, true), (call.Outcome, call.NeedsReview));
    }

    [Fact]
    public async Task Words_AreReturnedWhenTheyArrive()
    {
        var gate = new ReplayGate();
        var replay = new ReplayHandler(Hello.InChunksByEvent()) { Gate = gate };
        await using IAsyncEnumerator<string> words = CreateAssistant(replay).AskAsync("Say hello.", Token).GetAsyncEnumerator(Token);
        gate.Release(2); // The events with the role and with the first word.
        while (words.Current != "Hel")
        {
            Assert.True(await words.MoveNextAsync());
        }

        Task<bool> next = words.MoveNextAsync().AsTask();
        Assert.False(next.IsCompleted);
        gate.Open();

        Assert.True(await next);
        Assert.Equal("lo!", words.Current);
    }

    [Fact]
    public async Task Answer_ThatIsNotReadToItsEnd_ClosesItsConnection()
    {
        var replay = new ReplayHandler(Hello.StalledAfter(Hello.LengthOfFirstEvents(2)));
        await foreach (string word in CreateAssistant(replay).AskAsync("Say hello.", Token))
        {
            break;
        }

        await replay.WaitUntilClosedAsync(Token);
        Assert.Equal(UsageOutcome.Abandoned, Assert.Single(_usage.Records).Outcome);
    }

    private static async Task<string> AskAsync(Assistant assistant)
    {
        var answer = new StringBuilder();
        await foreach (string word in assistant.AskAsync("Say hello.", Token))
        {
            answer.Append(word);
        }

        return answer.ToString();
    }

    private Assistant CreateAssistant(params IEnumerable<Recording> recordings) => CreateAssistant(new ReplayHandler(recordings));

    private Assistant CreateAssistant(ReplayHandler replay)
    {
        var options = new OpenAIClientOptions { RetryPolicy = new ImmediateRetryPolicy() }.UseUsageCapture(_usage, innerHandler: replay);
        return new Assistant(new ChatClient("gpt-5-mini", new ApiKeyCredential("none"), options), city => $"Rain in {city}");
    }
}
