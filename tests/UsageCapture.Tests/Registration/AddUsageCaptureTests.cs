using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

using UsageCapture.Testing;

namespace UsageCapture.Tests.Registration;

public sealed class AddUsageCaptureTests
{
    private readonly ServiceCollection _services = new();
    private readonly ReplayHandler _server = new(Recordings.Get("openai-stream-asked-by-handler"));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Client_WithCapture_WritesToEverySink()
    {
        var instance = new InMemoryUsageSink();
        _services.AddUsageSink<InMemoryUsageSink>().AddUsageSink(instance);
        _services.AddHttpClient("openai").AddUsageCapture().ConfigurePrimaryHttpMessageHandler(() => _server);
        await using ServiceProvider provider = _services.BuildServiceProvider();

        await CallAsync(provider);

        Assert.Equal(12, Assert.Single(provider.GetRequiredService<InMemoryUsageSink>().Records).Usage?.InputTokens);
        Assert.Equal(12, Assert.Single(instance.Records).Usage?.InputTokens);
    }

    [Fact]
    public async Task Registration_DoneTwice_RecordsOnce()
    {
        _services.AddUsageSink<InMemoryUsageSink>().AddUsageSink<InMemoryUsageSink>();
        _services.AddHttpClient("openai").AddUsageCapture().AddUsageCapture().ConfigurePrimaryHttpMessageHandler(() => _server);
        await using ServiceProvider provider = _services.BuildServiceProvider();

        await CallAsync(provider);

        Assert.Single(provider.GetRequiredService<InMemoryUsageSink>().Records);
    }

    [Fact]
    public async Task EveryClient_WithCaptureByDefault_RecordsOnceAndTakesItsOwnOptions()
    {
        _services.AddUsageSink<InMemoryUsageSink>();
        _services.ConfigureHttpClientDefaults(client => client.AddUsageCapture(options => options.PublishTimeout = TimeSpan.FromSeconds(1)));
        _services.AddHttpClient("openai").AddUsageCapture(options => options.UsageRequest = UsageRequestMode.Never)
            .ConfigurePrimaryHttpMessageHandler(() => _server);
        await using ServiceProvider provider = _services.BuildServiceProvider();

        await CallAsync(provider);

        Assert.Equal(UsageRequestState.NotAsked, Assert.Single(provider.GetRequiredService<InMemoryUsageSink>().Records).UsageRequest);
        Assert.Equal(
            TimeSpan.FromSeconds(1), provider.GetRequiredService<IOptionsMonitor<UsageCaptureOptions>>().Get("openai").PublishTimeout);
    }

    [Fact]
    public async Task Client_WithoutAnySink_WritesToTheLog()
    {
        var log = new CollectingLogger<LoggingUsageSink>();
        _services.AddSingleton<ILogger<LoggingUsageSink>>(log);
        _services.AddHttpClient("openai").AddUsageCapture().ConfigurePrimaryHttpMessageHandler(() => _server);
        await using ServiceProvider provider = _services.BuildServiceProvider();

        await CallAsync(provider);

        (LogLevel level, string message) = Assert.Single(log.Entries);
        Assert.Equal(LogLevel.Information, level);
        Assert.StartsWith(
            "The usage of a call of openai gpt-5-mini-2026-03-11 was captured. Input tokens: 12. Cached input tokens: . Output tokens: 5. Status: Exact. Outcome: Completed. Record: ", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RecordThatNeedsReview_InTheLog_SaysWhyAndWhatToAskFor()
    {
        var log = new CollectingLogger<LoggingUsageSink>();
        Recording cut = ChatStream.Create("gpt-5-mini").Text("Hel", "lo").ToRecording().WithHeader("x-request-id", "req_7");
        using var client = new HttpClient(new UsageCaptureHandler(new LoggingUsageSink(log)) { InnerHandler = new ReplayHandler(cut) });

        using HttpRequestMessage request = cut.CreateRequest();
        (await client.SendAsync(request, TestContext.Current.CancellationToken)).Dispose();

        (LogLevel level, string message) = Assert.Single(log.Entries);
        Assert.Equal(LogLevel.Warning, level);
        Assert.StartsWith(
            "The usage of a call of openai gpt-5-mini needs review. The provider may have billed more than this record shows. Input tokens: . Cached input tokens: . Output tokens: . Status: Missing. Outcome: Completed. Error: . Anomalies: NoTerminator. Request for usage: AskedBy",
            message,
            StringComparison.Ordinal);
        Assert.EndsWith(
            "Response: chatcmpl-synthetic. Request: req_7.", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task BufferedSink_OnDisposalOfTheContainer_HasEveryRecord(bool synchronous)
    {
        _services.AddBufferedUsageSink<InMemoryUsageSink>(options => options.Capacity = 5).AddBufferedUsageSink<InMemoryUsageSink>();
        _services.AddHttpClient("openai").AddUsageCapture().ConfigurePrimaryHttpMessageHandler(() => _server);
        ServiceProvider provider = _services.BuildServiceProvider();
        InMemoryUsageSink sink = provider.GetRequiredService<InMemoryUsageSink>();
        await CallAsync(provider);

        if (synchronous)
        {
            provider.Dispose();
        }
        else
        {
            await provider.DisposeAsync();
        }

        Assert.Single(sink.Records);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Container_OnItsDisposal_WaitsForATailAndThenDisposesOfTheSinks(bool synchronous)
    {
        var gate = new ReplayGate();
        var server = new ReplayHandler(Chat.Of(Chat.Finish, Chat.Usage).InChunksByEvent()) { Gate = gate };
        _services.AddBufferedUsageSink<InMemoryUsageSink>();
        _services.AddHttpClient("openai").AddUsageCapture().ConfigurePrimaryHttpMessageHandler(() => server);
        ServiceProvider provider = _services.BuildServiceProvider();
        InMemoryUsageSink sink = provider.GetRequiredService<InMemoryUsageSink>();
        HttpClient client = provider.GetRequiredService<IHttpClientFactory>().CreateClient("openai");
        using HttpRequestMessage request = Chat.Request();
        HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
        gate.Release();
        await (await response.Content.ReadAsStreamAsync(Token)).ReadExactlyAsync(new byte[Chat.Finish.Length], Token);
        response.Dispose();

        Task disposing = synchronous ? Task.Run(provider.Dispose, Token) : provider.DisposeAsync().AsTask();
        Assert.False(disposing.IsCompleted);
        gate.Release();
        await disposing;

        Assert.Equal(UsageStatus.Exact, Assert.Single(sink.Records).Status);
    }

    [Theory]
    [InlineData("DrainTimeout is -00:00:01. Choose from zero, which turns draining off, to 10 minutes. It limits how long a response is read after the caller has disposed it.")]
    [InlineData("MaxDrainBytes is 0. Choose from 1 byte to 1 GiB. To turn draining off, set DrainTimeout to zero.")]
    [InlineData("InjectedUsage is 9, which is not a value of InjectedUsageMode. Choose Forward or Hide.")]
    public void Options_ThatMakeNoSense_AreNamedOneByOne(string sentence)
    {
        var options = new UsageCaptureOptions { DrainTimeout = TimeSpan.FromSeconds(-1), MaxDrainBytes = 0, InjectedUsage = (InjectedUsageMode)9 };

        OptionsValidationException exception = Assert.Throws<OptionsValidationException>(
            () => new UsageCaptureHandler(new InMemoryUsageSink(), options));

        Assert.Contains(sentence, exception.Failures);
    }

    [Fact]
    public async Task Options_ThatMakeNoSense_StopTheHostWithTheReason()
    {
        using IHost host = new HostBuilder()
            .ConfigureServices(services => services.AddHttpClient("openai").AddUsageCapture(options => options.PublishTimeout = TimeSpan.Zero))
            .Build();

        OptionsValidationException exception = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(Token));

        Assert.Equal(
            "PublishTimeout is 00:00:00. Choose from 1 millisecond to 10 minutes. It limits how long the end of a response waits for sinks.",
            exception.Message);
    }

    [Fact]
    public void Options_ThatMakeNoSense_StopTheHandlerWithTheReason()
    {
        OptionsValidationException exception = Assert.Throws<OptionsValidationException>(
            () => new UsageCaptureHandler(new InMemoryUsageSink(), new UsageCaptureOptions { UsageRequest = (UsageRequestMode)7 }));

        Assert.Equal("UsageRequest is 7, which is not a value of UsageRequestMode. Choose WhenUnspecified, Always or Never.", exception.Message);
    }

    private static async Task CallAsync(ServiceProvider provider)
    {
        HttpClient client = provider.GetRequiredService<IHttpClientFactory>().CreateClient("openai");
        using HttpRequestMessage request = Chat.Request();
        using HttpResponseMessage response = await client.SendAsync(request, Token);
    }
}
