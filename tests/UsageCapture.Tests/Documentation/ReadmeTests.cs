using System.ClientModel;
using System.Text.RegularExpressions;

using Anthropic;

using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

using OpenAI;
using OpenAI.Chat;

using UsageCapture.Testing;

namespace UsageCapture.Tests.Documentation;

/// <summary>What the README shows compiles here, and does what it says.</summary>
public sealed partial class ReadmeTests
{
    [Fact]
    public async Task FirstExample_AgainstAServer_FindsTheRecordWhenTheLoopEnds()
    {
        await using ChatServer server = await ChatServer.StartAsync();
        string key = "key";
        var usage = new InMemoryUsageSink();
        var options = new OpenAIClientOptions { Endpoint = server.At("v1") }.UseUsageCapture(usage);
        var chat = new ChatClient("gpt-5-mini", new ApiKeyCredential(key), options);
        await using TextWriter console = new StringWriter();

        await foreach (StreamingChatCompletionUpdate update in chat.CompleteChatStreamingAsync("Say hello."))
        {
            console.Write(string.Concat(update.ContentUpdate.Select(part => part.Text)));
        }

        UsageRecord call = usage.Records[0]; // It is there when the loop ends.
        console.WriteLine($"{call.ResponseModel}: {call.Usage?.InputTokens} in, {call.Usage?.CachedInputTokens} cached, {call.Usage?.OutputTokens} out, {call.Status}");

        Assert.EndsWith("Exact" + Environment.NewLine, console.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void OtherExamples_AsTheyStand_CompileAndRun()
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddHttpClient("openai").AddUsageCapture();
        builder.Services.AddUsageSink<BillingSink>();
        builder.Services.AddHttpClient("gateway").AddUsageCapture(options => options.Paths["/llm/complete"] = "openai-chat");
        builder.Services.AddHttpClient("acme").AddUsageCapture(options => options.Providers.Add(new AcmeProvider()));
        builder.Services.AddSingleton<BillingDatabase>();
        using ServiceProvider services = builder.Services.BuildServiceProvider();
        var httpClientFactory = services.GetRequiredService<IHttpClientFactory>();
        var usage = new InMemoryUsageSink();

        var direct = new OpenAIClientOptions().UseUsageCapture(usage);
        var fromTheContainer = new OpenAIClientOptions().UseUsageCapture(httpClientFactory, "openai");
        var client = new HttpClient(new UsageCaptureHandler(usage) { InnerHandler = new SocketsHttpHandler() });
        string key = "key";
        using var anthropic = new AnthropicClient { ApiKey = key, Handlers = [new UsageCaptureHandler(usage)] };
        var recording = RecordingFiles.Load("Recordings/openai-stream-trailing-usage.json");
        using var replay = new HttpClient(new UsageCaptureHandler(usage) { InnerHandler = new ReplayHandler(recording.InChunksOf(1)) });

        Assert.NotNull(direct.Transport);
        Assert.NotNull(fromTheContainer.Transport);
        client.Dispose();
    }

    [Fact]
    public async Task ContainerWithoutAHost_FlushesItsQueues()
    {
        var services = new ServiceCollection();
        services.AddSingleton<BillingDatabase>();
        services.AddHttpClient("openai").AddUsageCapture();
        services.AddBufferedUsageSink<BillingSink>();
        ServiceProvider provider = services.BuildServiceProvider();

        await Task.WhenAll(provider.GetServices<IUsageSink>().OfType<BufferedUsageSink>().Select(queue => queue.FlushAsync()));
        await provider.DisposeAsync();
    }

    [Fact]
    public void EveryExample_OfTheReadme_StandsInThisFile()
    {
        string readme = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "README.md"));
        // Written otherwise here: the first example calls a server of the test's own, into a console of its own.
        string[] elsewhere = ["using UsageCapture;", "var options = new OpenAIClientOptions().UseUsageCapture(usage);"];
        string[] source = Lines(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "ReadmeTests.cs")));

        IEnumerable<string> missing = CodeBlock().Matches(readme)
            .SelectMany(block => Lines(block.Groups["code"].Value))
            .Select(line => line.Replace("Console.Write", "console.Write", StringComparison.Ordinal))
            .Where(line => !source.Contains(line) && !elsewhere.Contains(line));

        Assert.Empty(missing);
    }

    private static string[] Lines(string text) => [.. text.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0)];

    [GeneratedRegex("^```csharp\n(?<code>.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex CodeBlock();

    public sealed class BillingDatabase
    {
        private readonly List<UsageRecord> _rows = [];

        public ValueTask InsertAsync(IReadOnlyList<UsageRecord> records, CancellationToken cancellationToken)
        {
            _rows.AddRange(records);
            return ValueTask.CompletedTask;
        }
    }

    public sealed class BillingSink(BillingDatabase database) : IUsageSink
    {
        public async ValueTask WriteAsync(IReadOnlyList<UsageRecord> records, CancellationToken cancellationToken) =>
            await database.InsertAsync(records, cancellationToken);
    }

    public sealed class AcmeProvider : UsageProvider
    {
        public override string Protocol => "acme-generate";

        public override bool Matches(Uri address) => address.AbsolutePath.EndsWith("/generate", StringComparison.Ordinal);

        public override UsageEndpoint Describe(Uri address) => new() { Provider = "acme", Operation = "generate_content" };

        public override UsageReader CreateReader() => new AcmeReader();
    }

    public sealed class AcmeReader() : UsageReader(Event)
    {
        private static readonly UsageFields Event = new();
        private static readonly UsageField RequestId = Event.Add("request_id");
        private static readonly UsageField Model = Event.Add("model");
        private static readonly UsageField StopReason = Event.Add("result.stop");
        private static readonly UsageField Stats = Event.Add("stats");

        public override void Read(UsageDocument document, UsageReport report)
        {
            report.RecordResponseId(document[RequestId]);
            report.RecordResponseModel(document[Model]);
            bool isLast = report.RecordChoice(document[StopReason]);
            if (document.GetCount(Stats, "input") is { } input)
            {
                var usage = new TokenUsage { InputTokens = input, OutputTokens = document.GetCount(Stats, "output") };
                report.RecordUsage(usage, raw: document[Stats], isLast ? UsageStage.Final : UsageStage.Running);
            }
        }
    }
}
