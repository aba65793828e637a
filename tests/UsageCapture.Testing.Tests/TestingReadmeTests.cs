using System.ClientModel;
using System.ClientModel.Primitives;
using System.Text;
using System.Text.RegularExpressions;

using OpenAI;
using OpenAI.Chat;

using RichardSzalay.MockHttp;

namespace UsageCapture.Testing.Tests;

/// <summary>Compiles and runs the examples in the README of the testing package.</summary>
public sealed partial class TestingReadmeTests
{
    private const int MaxLinesOfFirstTest = 19; // A first test must be short.

    [Fact]
    public async Task Answer_IsRead_AndItsUsageIsCounted()
    {
        Recording hello = ChatStream.Create("gpt-5-mini").Text("Hel", "lo!").Finish("stop").Usage(prompt: 12, cached: 4, completion: 7).ToRecording();
        var usage = new InMemoryUsageSink();
        using var http = new HttpClient(new UsageCaptureHandler(usage) { InnerHandler = new ReplayHandler(hello) });
        var options = new OpenAIClientOptions { Transport = new HttpClientPipelineTransport(http) };
        var chat = new ChatClient("gpt-5-mini", new ApiKeyCredential("none"), options);

        var answer = new StringBuilder();
        await foreach (StreamingChatCompletionUpdate update in chat.CompleteChatStreamingAsync("Say hello."))
        {
            answer.AppendJoin("", update.ContentUpdate.Select(part => part.Text));
        }

        Assert.Equal("Hello!", answer.ToString());
        Assert.Empty(hello.GetDifferences(usage.Records[0]));
    }

    [Fact]
    public async Task OtherExamples_OfTheReadme_Run()
    {
        Recording hello = ChatStream.Create("gpt-5-mini").Text("Hello").Finish("stop").ToRecording("hello");
        Recording picky = hello.WithMatch(new RequestMatch { Path = "*/chat/completions", Model = "gpt-5-mini" });
        var replay = new ReplayHandler(ChatStream.CreateRejection(429, "rate_limit_exceeded", TimeSpan.Zero), picky) { IsOrderRequired = true };
        using var recorder = new HttpClient(new RecordingHandler("../../../Recordings") { InnerHandler = new SocketsHttpHandler() });
        using var mock = new MockHttpMessageHandler();
        mock.When("*/chat/completions").RespondWithRecording(hello);

        Recording slow = hello.InChunksByEvent().WithDelay(TimeSpan.FromMilliseconds(50)); // needs ReplayHandler.TimeProvider
        Recording inBytes = hello.InChunksOf(1);
        Recording random = hello.InRandomChunks(seed: 42);
        Recording reset = hello.ResetAfter(hello.LengthOfFirstEvents(2)); // or ClosedAfter, TruncatedAfter, StalledAfter
        Recording unanswered = hello.Unanswered(); // or Unreachable
        Recording failed = hello.WithErrorAfter(eventCount: 2, "server_error");
        Recording gzipped = hello.InChunksByEvent().Gzipped().WithHeader("content-type", "text/plain");

        var witness = new WitnessHandler { InnerHandler = new ReplayHandler(slow, inBytes, random, reset, failed, gzipped) };
        using var http = new HttpClient(witness);
        using HttpRequestMessage request = hello.CreateRequest();
        using HttpResponseMessage response = await http.SendAsync(request, TestContext.Current.CancellationToken);
        witness.AssertRead(hello);
        Assert.Equal(2, replay.UnusedRecordings.Count);
        using var sending = new HttpClient(new ReplayHandler(unanswered)) { Timeout = TimeSpan.FromMilliseconds(1) };
        await Assert.ThrowsAsync<TaskCanceledException>(() => sending.SendAsync(hello.CreateRequest(), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task GateExample_OfTheReadme_ReleasesEvents()
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        Recording hello = ChatStream.Create("gpt-5-mini").Text("Hello").Finish("stop").ToRecording("hello");

        var gate = new ReplayGate();
        var gated = new ReplayHandler(hello.InChunksByEvent()) { Gate = gate };
        using var http = new HttpClient(gated);
        using HttpRequestMessage request = hello.CreateRequest();
        using HttpResponseMessage response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, timeout.Token);
        Stream body = await response.Content.ReadAsStreamAsync(timeout.Token);
        gate.Release(2); // the first two events
        await body.ReadExactlyAsync(new byte[hello.LengthOfFirstEvents(2)], timeout.Token);
        Task<int> next = body.ReadAsync(new byte[1], timeout.Token).AsTask();
        Assert.False(next.IsCompleted);
        gate.Open(); // all other events and the end
        Assert.Equal(1, await next);
        response.Dispose();
        await gated.WaitUntilClosedAsync(timeout.Token); // all responses are disposed
    }

    [Fact]
    public void LoadExample_OfTheReadme_LooksForTheFiles()
    {
        // The example must compile. There is no recording of this name.
        Assert.Throws<FileNotFoundException>(() => Load());

        static int Load()
        {
            Recording fromFile = RecordingFiles.Load("Recordings/hello.json");
            Recording fromResource = RecordingFiles.LoadResource(typeof(FirstTest).Assembly, "hello.json");
            IReadOnlyList<Recording> all = RecordingFiles.LoadFolder("Recordings");
            return fromFile.Body.Length + fromResource.Body.Length + all.Count;
        }
    }

    [Fact]
    public void EveryExample_OfTheReadme_IsInThisFile()
    {
        string[] source = GetLines(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "TestingReadmeTests.cs")));
        string[][] blocks = [.. CodeBlock().Matches(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Testing.README.md")))
            .Select(block => GetLines(block.Groups["code"].Value))];

        Assert.Empty(blocks.SelectMany(lines => lines).Except(source));
        Assert.InRange(blocks[0].Length, 1, MaxLinesOfFirstTest);
    }

    private static string[] GetLines(string text) => [.. text.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0)];

    [GeneratedRegex("^```csharp\n(?<code>.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex CodeBlock();

    private static class FirstTest;
}
