using System.Diagnostics;
using System.Text;

namespace UsageCapture.Tests.Delivery;

/// <summary>Synchronous callers that block every thread of the pool. The tests run alone, because they would delay all others.</summary>
[Collection(nameof(BusyThreadPoolTests))]
[CollectionDefinition(nameof(BusyThreadPoolTests), DisableParallelization = true)]
public sealed class BusyThreadPoolTests
{
    private static readonly string Events = Chat.Text + Chat.Finish + Chat.Usage + Chat.Done;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task SynchronousCalls_OnAThreadPoolWithoutFreeThreads_TakeNoLongerThanThePublishTimeout(bool isCopied)
    {
        var options = new UsageCaptureOptions { PublishTimeout = TimeSpan.FromSeconds(1) };
        using var client = new HttpClient(new UsageCaptureHandler(new DelayingSink(), options) { InnerHandler = new AnsweringHandler(AnswerAsync) });

        TimeSpan[] times = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => Task.Run(() => Call(client, isCopied), Token)));

        Assert.InRange(times.Max(), TimeSpan.Zero, TimeSpan.FromSeconds(3));
    }

    private static TimeSpan Call(HttpClient client, bool isCopied)
    {
        var watch = Stopwatch.StartNew();
        using HttpRequestMessage request = Chat.Request();
        using HttpResponseMessage response = client.Send(
            request, isCopied ? HttpCompletionOption.ResponseContentRead : HttpCompletionOption.ResponseHeadersRead, Token);
        using var reader = new StreamReader(response.Content.ReadAsStream(Token));
        Assert.Equal(Events, reader.ReadToEnd());
        return watch.Elapsed;
    }

    private static Task<HttpResponseMessage> AnswerAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        Task.FromResult(new HttpResponseMessage { Content = new StringContent(Events, Encoding.UTF8, "text/event-stream") });

    private sealed class DelayingSink : IUsageSink
    {
        public async ValueTask WriteAsync(IReadOnlyList<UsageRecord> records, CancellationToken cancellationToken) =>
            await Task.Delay(1, cancellationToken);
    }
}
