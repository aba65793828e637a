using System.ClientModel;
using System.Text;

using OpenAI;
using OpenAI.Chat;

namespace UsageCapture.OpenAI.Tests;

/// <summary>Requests that never leave for want of a connection: the caller sees the fault, and nothing can have been generated.</summary>
public sealed class ClosedPortTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task RawRequest_PortIsClosed_CallerSeesTheFaultAndNothingNeedsReview()
    {
        using var closed = new ClosedPort();
        var sink = new InMemoryUsageSink();
        using HttpClient http = Client.Captured(sink);
        using var content = new StringContent("""{"model":"m","stream":true,"messages":[]}""", Encoding.UTF8, "application/json");

        var exception = await Assert.ThrowsAsync<HttpRequestException>(
            () => http.PostAsync(new Uri(closed.Address, "v1/chat/completions"), content, Token));

        Assert.Equal(HttpRequestError.ConnectionError, exception.HttpRequestError);
        AssertNeverSent(Assert.Single(sink.Records));
    }

    [Fact]
    public async Task SdkCall_PortIsClosed_CallerSeesTheFaultAndEachAttemptIsARecord()
    {
        using var closed = new ClosedPort();
        var sink = new InMemoryUsageSink();
        ChatClient chat = SdkClient.Chat(new OpenAIClientOptions
        {
            Endpoint = new Uri(closed.Address, "v1"),
            RetryPolicy = new ImmediateRetryPolicy(maxRetries: 1),
        }.UseUsageCapture(sink));

        var exception = await Assert.ThrowsAsync<AggregateException>(
            () => chat.CompleteChatAsync([new UserChatMessage("Hi")], cancellationToken: Token));

        Assert.All(exception.InnerExceptions, attempt => Assert.IsType<HttpRequestException>(
            Assert.IsType<ClientResultException>(attempt).InnerException));
        Assert.Equal(2, sink.Records.Count);
        Assert.All(sink.Records, AssertNeverSent);
    }

    private static void AssertNeverSent(UsageRecord record)
    {
        Assert.Equal(UsageOutcome.Faulted, record.Outcome);
        Assert.Equal(UsageStatus.Missing, record.Status);
        Assert.False(record.NeedsReview);
        Assert.Null(record.StatusCode);
        Assert.Null(record.Usage);
    }
}
