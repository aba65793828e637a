using System.Text;

using UsageCapture.Tests.Fakes;

namespace UsageCapture.Tests.Sdk;

/// <summary>Every ending over real sockets, synchronous and not, over HTTP/1.1 and HTTP/2: one record, and it says what happened.</summary>
public sealed class EndingTableTests : IAsyncLifetime
{
    private readonly InMemoryUsageSink _sink = new();
    private FaultServer? _server;

    public static TheoryData<string, string, string, UsageOutcome, UsageStatus> Cells
    {
        get
        {
            // What the server does, what the caller does, and what the record says of it.
            (string Way, Reading Reading, UsageOutcome Outcome, UsageStatus Status)[] endings =
            [
                ("whole", Reading.ToTheEnd, UsageOutcome.Completed, UsageStatus.Exact),
                ("dribble", Reading.ToTheEnd, UsageOutcome.Completed, UsageStatus.Exact),
                ("no-done", Reading.ToTheEnd, UsageOutcome.Completed, UsageStatus.Exact),
                ("json", Reading.ToTheEnd, UsageOutcome.Completed, UsageStatus.Exact),
                ("redirect", Reading.ToTheEnd, UsageOutcome.Completed, UsageStatus.Exact),
                ("dribble", Reading.ToDone, UsageOutcome.Completed, UsageStatus.Exact),
                ("dribble", Reading.ToTheFinish, UsageOutcome.Abandoned, UsageStatus.Exact),
                ("late-usage", Reading.ToTheFinish, UsageOutcome.Abandoned, UsageStatus.Exact),
                ("late-usage", Reading.ToTheFinishAndCanceled, UsageOutcome.Canceled, UsageStatus.Exact),
                ("stall", Reading.TheFirstEvent, UsageOutcome.Abandoned, UsageStatus.Missing),
                ("stall", Reading.CanceledDuringARead, UsageOutcome.Canceled, UsageStatus.Missing),
                ("stall", Reading.Nothing, UsageOutcome.Abandoned, UsageStatus.Missing),
                ("whole", Reading.Nothing, UsageOutcome.Abandoned, UsageStatus.Missing),
                ("silent", Reading.CanceledBeforeTheHeaders, UsageOutcome.Canceled, UsageStatus.Missing),
                ("reset-before-usage", Reading.ToTheEnd, UsageOutcome.Faulted, UsageStatus.Missing),
                ("reset-after-usage", Reading.ToTheEnd, UsageOutcome.Faulted, UsageStatus.Exact),
                ("reset-after-running-usage", Reading.ToTheEnd, UsageOutcome.Faulted, UsageStatus.Partial),
                ("short", Reading.ToTheEnd, UsageOutcome.Faulted, UsageStatus.Missing),
                ("error-event", Reading.ToTheEnd, UsageOutcome.ServerError, UsageStatus.Missing),
                ("500-html", Reading.ToTheEnd, UsageOutcome.Rejected, UsageStatus.Missing),
                ("500-html", Reading.Nothing, UsageOutcome.Rejected, UsageStatus.Missing),
                ("429-empty", Reading.ToTheEnd, UsageOutcome.Rejected, UsageStatus.Missing),
                ("not-found", Reading.ToTheEnd, UsageOutcome.Rejected, UsageStatus.Missing),
            ];

            var cells = new TheoryData<string, string, string, UsageOutcome, UsageStatus>();
            foreach ((string way, Reading reading, UsageOutcome outcome, UsageStatus status) in endings)
            {
                foreach (string call in (string[])["1.1 async", "1.1 sync", "2 async", "1.1 copied", "2 copied", "1.1 buffered", "2 buffered"])
                {
                    if (Applies(reading, call))
                    {
                        cells.Add(way, reading.ToString(), call, outcome, status);
                    }
                }
            }

            return cells;
        }
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _server = await FaultServer.StartAsync();

    public async ValueTask DisposeAsync() => await _server!.DisposeAsync();

    [Theory]
    [MemberData(nameof(Cells))]
    public async Task Exchange_HoweverItEnds_IsOneRecord(string way, string reading, string call, UsageOutcome outcome, UsageStatus status)
    {
        string version = call.Split(' ')[0];
        using (HttpClient client = Client.Captured(_sink, version))
        {
            try
            {
                await CallAsync(client, way, Enum.Parse<Reading>(reading), version, call.Split(' ')[1]);
            }
            catch (Exception exception) when (exception is HttpRequestException or IOException or OperationCanceledException)
            {
                Assert.Contains(outcome, (UsageOutcome[])[UsageOutcome.Faulted, UsageOutcome.Canceled]);
            }
        } // Waits for what is drained.

        UsageRecord record = Assert.Single(_sink.Records);
        Assert.Equal((outcome, status), (record.Outcome, record.Status));
        Assert.Equal(status == UsageStatus.Exact ? 10 : status == UsageStatus.Partial ? 8 : null, record.Usage?.TotalTokens);
        Assert.Equal(outcome != UsageOutcome.Rejected && status != UsageStatus.Exact, record.NeedsReview);
        while (_server!.Running > 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(1), Token); // The server sees the connection go.
        }
    }

    private static bool Applies(Reading reading, string call) => call.EndsWith("async", StringComparison.Ordinal)
        || reading == Reading.ToTheEnd
        || (call.EndsWith("sync", StringComparison.Ordinal) && reading is Reading.ToDone or Reading.ToTheFinish or Reading.TheFirstEvent or Reading.Nothing);

    private async Task CallAsync(HttpClient client, string way, Reading reading, string version, string manner)
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);
        using HttpRequestMessage request = Chat.Request(url: _server!.At(way, version).ToString());
        if (reading == Reading.CanceledBeforeTheHeaders)
        {
            Task sending = client.SendAsync(request, cancel.Token);
            while (_server.Running == 0)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(1), Token); // Cancelled before it is sent, it would be no exchange.
            }

            await cancel.CancelAsync();
            await sending;
        }

        HttpCompletionOption completion = manner == "buffered" ? HttpCompletionOption.ResponseContentRead : HttpCompletionOption.ResponseHeadersRead;
        using HttpResponseMessage response = manner == "sync"
            ? client.Send(request, completion, cancel.Token)
            : await client.SendAsync(request, completion, cancel.Token);
        if (reading == Reading.Nothing)
        {
            return;
        }

        if (manner == "copied")
        {
            await response.Content.CopyToAsync(Stream.Null, Token);
            return;
        }

        Stream body = manner == "sync" ? response.Content.ReadAsStream(Token) : await response.Content.ReadAsStreamAsync(Token);
        string until = reading switch
        {
            Reading.ToDone => Chat.Done,
            Reading.ToTheFinish or Reading.ToTheFinishAndCanceled => Chat.Finish,
            Reading.TheFirstEvent or Reading.CanceledDuringARead => Chat.Text,
            _ => "",
        };
        await ReadUntilAsync(body, until, manner == "sync");
        if (reading == Reading.ToTheFinishAndCanceled)
        {
            await cancel.CancelAsync();
            await body.ReadAsync(new byte[1], cancel.Token);
        }
        else if (reading == Reading.CanceledDuringARead)
        {
            ValueTask<int> read = body.ReadAsync(new byte[1], cancel.Token);
            await cancel.CancelAsync();
            await read;
        }
    }

    private static async Task ReadUntilAsync(Stream body, string end, bool synchronously)
    {
        var text = new StringBuilder();
        byte[] buffer = new byte[1];
        while (end.Length == 0 || !text.ToString().EndsWith(end, StringComparison.Ordinal))
        {
            int read = synchronously ? body.Read(buffer, 0, 1) : await body.ReadAsync(buffer, Token);
            if (read == 0)
            {
                return;
            }

            text.Append((char)buffer[0]);
        }
    }

    private enum Reading
    {
        ToTheEnd,
        ToDone,
        ToTheFinish,
        ToTheFinishAndCanceled,
        TheFirstEvent,
        CanceledDuringARead,
        CanceledBeforeTheHeaders,
        Nothing,
    }
}
