using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

using UsageCapture.Testing;

namespace UsageCapture.Tests.Registration;

/// <summary>A container creates the sinks when the first exchange begins, and no failure of theirs stops a call.</summary>
public sealed class LazySinkTests
{
    private readonly ServiceCollection _services = new();
    private readonly CollectingLogger<UsageCaptureHandler> _log = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Sink_WhoseConstructorThrows_IsTriedAgainAndItsRecordsAreLogged()
    {
        int attempts = 0;
        var sink = new InMemoryUsageSink();
        _services.AddSingleton<IUsageSink>(_ => ++attempts <= 2 ? throw new InvalidOperationException("No database.") : sink);
        await using ServiceProvider provider = Build();

        await CallAsync(provider); // Tries when the exchange begins, and for its record.
        await CallAsync(provider);

        (LogLevel level, string message) = Assert.Single(_log.Entries);
        Assert.Equal(LogLevel.Error, level);
        Assert.Contains("\"input_tokens\":7", message, StringComparison.Ordinal);
        Assert.Single(sink.Records);
    }

    [Fact]
    public async Task Sink_ThatTakesACapturedClient_GetsTheRecords()
    {
        _services.AddUsageSink<ClientSink>();
        await using ServiceProvider provider = Build();

        await CallAsync(provider);

        Assert.Single(provider.GetRequiredService<ClientSink>().Records);
        Assert.Empty(_log.Entries);
    }

    [Fact]
    public async Task Sink_RegisteredInlineAndBuffered_GetsEachRecordOnce()
    {
        _services.AddUsageSink<InMemoryUsageSink>().AddBufferedUsageSink<InMemoryUsageSink>().AddUsageSink<InMemoryUsageSink>();
        ServiceProvider provider = Build();
        InMemoryUsageSink sink = provider.GetRequiredService<InMemoryUsageSink>();

        await CallAsync(provider);
        await provider.DisposeAsync();

        Assert.Single(sink.Records);
    }

    [Fact]
    public async Task Sink_RegisteredBufferedAndInline_GetsEachRecordOnce()
    {
        _services.AddBufferedUsageSink<InMemoryUsageSink>().AddUsageSink<InMemoryUsageSink>();
        ServiceProvider provider = Build();
        InMemoryUsageSink sink = provider.GetRequiredService<InMemoryUsageSink>();

        await CallAsync(provider);
        await provider.DisposeAsync();

        Assert.Single(sink.Records);
    }

    private ServiceProvider Build()
    {
        _services.AddSingleton<ILogger<UsageCaptureHandler>>(_log);
        _services.ConfigureHttpClientDefaults(client => client.AddUsageCapture()
            .ConfigurePrimaryHttpMessageHandler(() => new ReplayHandler(Chat.Of(Chat.Finish, Chat.Usage, Chat.Done))));
        return _services.BuildServiceProvider();
    }

    private static async Task CallAsync(ServiceProvider provider)
    {
        HttpClient client = provider.GetRequiredService<IHttpClientFactory>().CreateClient("openai");
        using HttpRequestMessage request = Chat.Request();
        using HttpResponseMessage response = await client.SendAsync(request, Token);
    }

    private sealed class ClientSink(IHttpClientFactory factory) : IUsageSink
    {
        private readonly HttpClient _client = factory.CreateClient("openai");

        public List<UsageRecord> Records { get; } = [];

        public ValueTask WriteAsync(IReadOnlyList<UsageRecord> records, CancellationToken cancellationToken)
        {
            _ = _client.Timeout;
            Records.AddRange(records);
            return ValueTask.CompletedTask;
        }
    }
}
