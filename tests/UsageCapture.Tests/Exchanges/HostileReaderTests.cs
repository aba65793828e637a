using System.Net.Http.Headers;
using System.Text;
using System.Threading.Tasks.Sources;

namespace UsageCapture.Tests.Exchanges;

/// <summary>Readers, callbacks and sinks of the user that fail at any member. The caller gets the whole response, and there is one record.</summary>
public sealed class HostileReaderTests
{
    private const string Url = "https://acme.example/call";

    private static readonly string Body = Chat.Text + Chat.Finish + Chat.Usage + Chat.Done;

    private readonly CollectingLogger<UsageCaptureHandler> _log = new();

    private static readonly string[] Members = ["Terminator", "HasInBandEndMarker", "AllowsNonJsonBody", "ReadHeaders", "Read"];

    private static readonly string[] Ways = ["buffered", "stream", "synchronous", "copied", "disposed", "canceled"];

    public static TheoryData<string, string> Faults => [.. Members.SelectMany(member => Ways.Select(way => (member, way)))];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Reader_ThatThrows_LeavesTheResponseUnchangedAndHasOneRecord(string member, string way)
    {
        var sink = new InMemoryUsageSink();
        var options = new UsageCaptureOptions { Providers = { new Provider(member) } };
        using (var client = new HttpClient(new UsageCaptureHandler(sink, options, _log) { InnerHandler = Answer() }))
        {
            Assert.Equal(way is "disposed" or "canceled" ? "" : Body, await ReadAsync(client, way));
        }

        Assert.True(Assert.Single(sink.Records).NeedsReview);
    }

    [Fact]
    public async Task Enrich_ThatRemovesTheAddressAndThrows_IsLogged()
    {
        var sink = new InMemoryUsageSink();
        var options = new UsageCaptureOptions
        {
            Enrich = (request, _) =>
            {
                request.RequestUri = null;
                throw new UnreadableException();
            },
        };
        using var client = new HttpClient(new UsageCaptureHandler(sink, options, _log) { InnerHandler = Answer() });
        using HttpRequestMessage request = Chat.Request();

        using HttpResponseMessage response = await client.SendAsync(request, Token);

        Assert.Equal(UsageStatus.Exact, Assert.Single(sink.Records).Status);
        Assert.Single(_log.Entries);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Sink_WithAnExceptionOrATaskThatCannotBeRead_IsLogged(bool returnsBrokenTask)
    {
        var sink = new InMemoryUsageSink();
        IUsageSink[] sinks = [new BrokenSink(returnsBrokenTask), sink];
        using var client = new HttpClient(new UsageCaptureHandler(sinks, logger: _log) { InnerHandler = Answer() });

        using HttpRequestMessage request = Chat.Request();
        using HttpResponseMessage response = await client.SendAsync(request, Token);

        Assert.Equal(Body, await response.Content.ReadAsStringAsync(Token));
        Assert.Single(sink.Records);
        Assert.Contains("\"input_tokens\":7", Assert.Single(_log.Entries).Message, StringComparison.Ordinal);
    }

    private static AnsweringHandler Answer() => new((_, _) => Task.FromResult(new HttpResponseMessage
    {
        Content = new StringContent(Body, Encoding.UTF8, "text/event-stream"),
    }));

    private static async Task<string> ReadAsync(HttpClient client, string way)
    {
        using HttpRequestMessage request = Chat.Request(url: Url);
        HttpCompletionOption completion = way == "buffered" ? HttpCompletionOption.ResponseContentRead : HttpCompletionOption.ResponseHeadersRead;
        using HttpResponseMessage response = way == "synchronous" ? client.Send(request, completion, Token) : await client.SendAsync(request, completion, Token);
        switch (way)
        {
            case "stream":
                using (var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Token)))
                {
                    return await reader.ReadToEndAsync(Token);
                }

            case "synchronous":
                using (var reader = new StreamReader(response.Content.ReadAsStream(Token)))
                {
                    return reader.ReadToEnd();
                }

            case "disposed":
                return "";
            case "canceled":
                Stream body = await response.Content.ReadAsStreamAsync(Token);
                await Assert.ThrowsAnyAsync<OperationCanceledException>(
                    async () => await body.ReadAsync(new byte[1], new CancellationToken(canceled: true)));
                return "";
            default:
                return await response.Content.ReadAsStringAsync(Token);
        }
    }

    /// <summary>An exception whose every member throws.</summary>
    private sealed class UnreadableException : Exception
    {
        public override string Message => throw new InvalidOperationException("No message.");

        public override string? StackTrace => throw new InvalidOperationException("No stack.");

        public override string ToString() => throw new InvalidOperationException("No text.");
    }

    private sealed class Provider(string member) : UsageProvider
    {
        public override string Protocol => "acme";

        public override bool Matches(Uri address) => address.Host == "acme.example";

        public override UsageEndpoint Describe(Uri address) => new() { Provider = "acme", Operation = "chat" };

        public override UsageReader CreateReader() => new Reader(member);
    }

    private sealed class Reader(string member) : UsageReader(Event)
    {
        private static readonly UsageFields Event = new();
        private static readonly UsageField Id = Event.Add("id");

        public override ReadOnlySpan<byte> Terminator => Throw("Terminator") ? default : "[DONE]"u8;

        public override bool HasInBandEndMarker => Throw("HasInBandEndMarker");

        public override bool AllowsNonJsonBody => Throw("AllowsNonJsonBody");

        public override void ReadHeaders(HttpResponseHeaders headers, UsageReport report) => Throw("ReadHeaders");

        public override void Read(UsageDocument document, UsageReport report)
        {
            Throw("Read");
            report.RecordResponseId(document[Id]);
        }

        private bool Throw(string name) => name == member ? throw new UnreadableException() : false;
    }

    /// <summary>A sink that throws an unreadable exception, or returns a task whose source throws.</summary>
    private sealed class BrokenSink(bool returnsBrokenTask) : IUsageSink, IValueTaskSource
    {
        public ValueTask WriteAsync(IReadOnlyList<UsageRecord> records, CancellationToken cancellationToken) =>
            returnsBrokenTask ? new ValueTask(this, 0) : throw new UnreadableException();

        public void GetResult(short token) => throw new UnreadableException();

        public ValueTaskSourceStatus GetStatus(short token) => throw new UnreadableException();

        public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
            throw new UnreadableException();
    }
}
