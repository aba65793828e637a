namespace UsageCapture.Tests.Exchanges;

/// <summary>Every ending of every protocol over real sockets, synchronous and not, over HTTP/1.1 and HTTP/2: one record, and it says what happened.</summary>
public sealed class EndingTableTests(EndingTableTests.Server server) : IClassFixture<EndingTableTests.Server>
{
    private static readonly string[] Calls = ["1.1 async", "1.1 sync", "2 async", "1.1 copied", "2 copied", "1.1 buffered", "2 buffered"];

    public static TheoryData<string, string, string, string, UsageOutcome, UsageStatus> Cells
    {
        get
        {
            var cells = new TheoryData<string, string, string, string, UsageOutcome, UsageStatus>();
            foreach (ProtocolAnswer answer in ProtocolAnswer.All)
            {
                foreach ((string way, Milestone at, Reading reading, UsageOutcome outcome) in Endings(answer))
                {
                    cells.Add(answer.Name, way, at.ToString(), reading.ToString(), outcome, Status(answer, way, at, reading));
                }
            }

            return cells;
        }
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Cells))]
    public async Task Exchange_HoweverItEnds_IsOneRecord(
        string answer, string way, string at, string reading, UsageOutcome outcome, UsageStatus status)
    {
        var ending = new Ending(ProtocolAnswer.Get(answer), way, Enum.Parse<Milestone>(at), Enum.Parse<Reading>(reading));
        string[] calls = [.. Calls.Where(call => Applies(ending.Reading, call))];

        int received = server.Faults.Received + calls.Length;
        string[] records = await Task.WhenAll(calls.Select(call => Task.Run(() => DescribeAsync(ending, call, received), Token)));

        (long? input, long? output) = status switch
        {
            UsageStatus.Exact => (ending.Answer.Input, ending.Answer.Output),
            UsageStatus.Partial => (ending.Answer.Input, 1),
            _ => ((long?)null, (long?)null),
        };
        bool isForReview = outcome != UsageOutcome.Rejected && status != UsageStatus.Exact;
        bool throws = outcome == UsageOutcome.Faulted || ending.Reading >= Reading.CanceledThere;
        Assert.Equal(calls.Select(call => Describe(call, throws, outcome, status, input, output, isForReview)), records);
        await server.Faults.WaitUntilIdleAsync(); // The server sees each connection go.
    }

    /// <summary>Lists what the server does, where, what the caller does, and how that ends.</summary>
    private static IEnumerable<(string Way, Milestone At, Reading Reading, UsageOutcome Outcome)> Endings(ProtocolAnswer answer)
    {
        yield return ("whole", Milestone.End, Reading.ToTheEnd, UsageOutcome.Completed);
        yield return ("whole", Milestone.End, Reading.Nothing, UsageOutcome.Abandoned);
        yield return ("dribble", Milestone.End, Reading.ToTheEnd, UsageOutcome.Completed);
        yield return ("late", Milestone.First, Reading.ToTheEnd, UsageOutcome.Completed);
        yield return ("redirect", Milestone.End, Reading.ToTheEnd, UsageOutcome.Completed);

        // Where milestones are one, the last of them stands for all.
        Milestone[] milestones = [.. Enum.GetValues<Milestone>().Where(at => at is Milestone.End || answer[at] < answer[at + 1])];
        foreach (Milestone at in milestones[1..])
        {
            bool isDone = answer.EndsItself && at == Milestone.End;
            yield return ("dribble", at, Reading.UntilThere, isDone ? UsageOutcome.Completed : UsageOutcome.Abandoned);
            yield return ("late", at, Reading.CanceledThere, isDone ? UsageOutcome.Completed : UsageOutcome.Canceled);
            if (!isDone)
            {
                yield return ("late", at, Reading.UntilThere, UsageOutcome.Abandoned);
                yield return ("ends", at, Reading.ToTheEnd, UsageOutcome.Completed);
                yield return ("resets", at, Reading.ToTheEnd, UsageOutcome.Faulted);
            }
        }

        yield return ("stalls", Milestone.First, Reading.CanceledDuringARead, UsageOutcome.Canceled);
        yield return ("stalls", Milestone.First, Reading.UntilThere, UsageOutcome.Abandoned);
        yield return ("stalls", Milestone.First, Reading.Nothing, UsageOutcome.Abandoned);
        yield return ("stalls", Milestone.Start, Reading.CanceledBeforeTheHeaders, UsageOutcome.Canceled);
        if (answer.Failing is not null)
        {
            yield return ("fails", Milestone.First, Reading.ToTheEnd, UsageOutcome.ServerError);
        }

        yield return ("500-html", Milestone.Start, Reading.ToTheEnd, UsageOutcome.Rejected);
        yield return ("500-html", Milestone.Start, Reading.Nothing, UsageOutcome.Rejected);
        yield return ("429-empty", Milestone.Start, Reading.ToTheEnd, UsageOutcome.Rejected);
        yield return ("not-found", Milestone.Start, Reading.ToTheEnd, UsageOutcome.Rejected);
    }

    /// <summary>Tells what a record can know: what came of the answer, and is in it that far.</summary>
    private static UsageStatus Status(ProtocolAnswer answer, string way, Milestone at, Reading reading)
    {
        // What is finished when the caller leaves is read on, if its connection lives and something is to come.
        bool isWhole = way is "whole" or "dribble" or "late" or "redirect" && (reading == Reading.ToTheEnd || answer[at] >= answer[Milestone.Finish]);
        int seen = reading is Reading.Nothing or Reading.CanceledBeforeTheHeaders ? 0 : answer[isWhole ? Milestone.End : at];
        return seen >= answer[Milestone.Usage] ? UsageStatus.Exact
            : answer.CountsRun && seen >= answer[Milestone.First] ? UsageStatus.Partial
            : UsageStatus.Missing;
    }

    private static bool Applies(Reading reading, string call) =>
        call.EndsWith("async", StringComparison.Ordinal) || reading == Reading.ToTheEnd
        || (call == "1.1 sync" && reading is Reading.UntilThere or Reading.Nothing);

    private static string Describe(
        string call, bool throws, UsageOutcome outcome, UsageStatus status, long? input, long? output, bool needsReview) =>
        $"{call}: {(throws ? "an exception, " : "")}{outcome}, {status}, {input} in, {output} out{(needsReview ? ", for review" : "")}";

    private async Task<string> DescribeAsync(Ending ending, string call, int received)
    {
        (string version, string manner) = (call.Split(' ')[0], call.Split(' ')[1]);
        var sink = new InMemoryUsageSink();
        bool throws = false;
        using (HttpClient client = Client.Captured(sink, version))
        {
            try
            {
                await CallAsync(client, ending, version, manner, received);
            }
            catch (Exception exception) when (exception is HttpRequestException or IOException or OperationCanceledException)
            {
                throws = true;
            }
        } // Waits for what is read on.

        UsageRecord record = Assert.Single(sink.Records);
        return Describe(
            call, throws, record.Outcome, record.Status, record.Usage?.InputTokens, record.Usage?.OutputTokens, record.NeedsReview);
    }

    private async Task CallAsync(HttpClient client, Ending ending, string version, string manner, int received)
    {
        (ProtocolAnswer answer, string way, Milestone at, Reading reading) = ending;
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);
        using HttpRequestMessage request = answer.CreateRequest(server.Faults.At(answer, way, at, version));
        if (reading == Reading.CanceledBeforeTheHeaders)
        {
            Task sending = client.SendAsync(request, cancel.Token);
            await server.Faults.WaitForRequestsAsync(received); // Cancelled before it is sent, it would be no exchange.
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
        await ReadAsync(body, reading == Reading.ToTheEnd ? int.MaxValue : answer[at], manner == "sync");
        if (reading == Reading.CanceledThere)
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

    private static async Task ReadAsync(Stream body, int length, bool synchronously)
    {
        byte[] buffer = new byte[512];
        while (length > 0)
        {
            int wanted = Math.Min(length, buffer.Length);
            int read = synchronously ? body.Read(buffer, 0, wanted) : await body.ReadAsync(buffer.AsMemory(0, wanted), Token);
            if (read == 0)
            {
                return;
            }

            length -= read;
        }
    }

    /// <summary>The server, which is one for all cells.</summary>
    public sealed class Server : IAsyncLifetime
    {
        internal FaultServer Faults { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Faults = await FaultServer.StartAsync();

        public ValueTask DisposeAsync() => Faults.DisposeAsync();
    }

    private sealed record Ending(ProtocolAnswer Answer, string Way, Milestone At, Reading Reading);

    private enum Reading
    {
        ToTheEnd,
        UntilThere,
        Nothing,
        CanceledThere,
        CanceledDuringARead,
        CanceledBeforeTheHeaders,
    }
}
