using UsageCapture.Benchmarks.Bodies;
using UsageCapture.Benchmarks.Contenders;
using UsageCapture.Benchmarks.Loopback;

namespace UsageCapture.Benchmarks;

/// <summary>Runs everything once and small, to see that it still works.</summary>
internal static class SmokeRun
{
    private const int Concurrency = 4;
    private const int Requests = 12;

    /// <returns>The exit code: zero when every usage found is the right one.</returns>
    public static async Task<int> RunAsync()
    {
        var problems = new List<string>();
        Situation[] situations = [.. Situations.CreateSmall(), Situations.CreateChat(Situations.ShortStream)];
        foreach (Situation situation in situations)
        {
            foreach (Reads reads in situation.SizesOfReads)
            {
                using var trial = new Trial(situation, reads);
                problems.AddRange(await Verification.CheckAsync(trial));
            }
        }

        problems.AddRange(await CheckLoopbackAsync());
        problems.AddRange(await CheckOrdinaryPostsAsync());
        foreach (string problem in problems)
        {
            await Console.Error.WriteLineAsync(problem);
        }

        Console.WriteLine($"{situations.Length} situations, the loopback server and ordinary requests: {problems.Count} problems.");
        return problems.Count == 0 ? 0 : 1;
    }

    private static async Task<IReadOnlyList<string>> CheckLoopbackAsync()
    {
        await using LoopbackServer server = await LoopbackServer.StartAsync();
        using var clients = new LoopbackClients();
        await new Callers(clients.Without, server.Address, Concurrency).RunAsync(Requests);
        await new Callers(clients.With, server.Address, Concurrency).RunAsync(Requests);
        await new Callers(clients.Hiding, server.Address, Concurrency).RunAsync(Requests);
        int right = clients.Sink.Records.Count(record => record.Usage is { } usage
            && new Tokens(usage.InputTokens ?? 0, usage.OutputTokens ?? 0) == server.Body.Expected);
        var problems = new List<string>();
        if (right != 2 * Requests)
        {
            problems.Add($"The loopback server answered {2 * Requests} requests, and {right} records show the right usage.");
        }

        int usage = await LengthAsync(clients.With, server.Address) - await LengthAsync(clients.Hiding, server.Address);
        if (usage <= 0 || await LengthAsync(clients.With, server.Address) != server.Body.Bytes.Length)
        {
            problems.Add($"Of what the loopback server sends, {usage} bytes are hidden.");
        }

        return problems;
    }

    private static async Task<IReadOnlyList<string>> CheckOrdinaryPostsAsync()
    {
        var problems = new List<string>();
        foreach (Uri address in new[] { OrdinaryPost.OwnPath, OrdinaryPost.SharedPath })
        {
            using var plain = new OrdinaryPost(address, isCaptured: false);
            using var captured = new OrdinaryPost(address, isCaptured: true);
            if (await captured.RunAsync() != await plain.RunAsync() || captured.Records != 0)
            {
                problems.Add($"A POST to {address} left {captured.Records} records, or another answer than without the handler.");
            }
        }

        return problems;
    }

    private static async Task<int> LengthAsync(HttpClient client, Uri address)
    {
        using HttpRequestMessage request = ChatRequest.Create(address);
        using HttpResponseMessage response = await client.SendAsync(request);
        return (await response.Content.ReadAsByteArrayAsync()).Length;
    }
}
