using System.Diagnostics;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using UsageCapture.Benchmarks.Bodies;

namespace UsageCapture.Benchmarks.Loopback;

/// <summary>A server on this machine that streams a chat completion, each event flushed.</summary>
/// <remarks>It is a process of its own, as servers are: its collector's pauses and its threads are not the callers'.</remarks>
internal sealed class LoopbackServer : IAsyncDisposable
{
    /// <summary>The argument that makes this program the server.</summary>
    public const string Argument = "--serve";

    // An answer of some 150 words.
    private const int Events = 200;

    // A shorter one, at the pace of a fast model: 50 tokens a second.
    private const int PacedEvents = 50;

    private const string Path = "/v1/chat/completions";
    private const string PacedPath = "/paced" + Path;

    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(20);

    // What a fast model takes to its first token.
    private static readonly TimeSpan Prefill = TimeSpan.FromMilliseconds(200);

    private readonly Process _process;

    private LoopbackServer(Process process, string url)
    {
        _process = process;
        Address = new Uri(new Uri(url), Path);
        PacedAddress = new Uri(new Uri(url), PacedPath);
    }

    /// <summary>Gets how long a stream takes that comes at a model's pace.</summary>
    public static TimeSpan PacedDuration => Prefill + (PacedEvents * Pace);

    /// <summary>Gets where streams come as fast as they go.</summary>
    public Uri Address { get; }

    /// <summary>Gets where streams come at a model's pace.</summary>
    public Uri PacedAddress { get; }

    /// <summary>Gets what a request is answered with as fast as it goes.</summary>
    public Body Body { get; } = ChatBody.Create(Events);

    public static async Task<LoopbackServer> StartAsync()
    {
        string host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        var start = new ProcessStartInfo(host, [typeof(LoopbackServer).Assembly.Location, Argument])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        Process process = Process.Start(start)!;
        string url = await process.StandardOutput.ReadLineAsync()
            ?? throw new InvalidOperationException($"The server ended with exit code {process.ExitCode} before it listened.");
        return new LoopbackServer(process, url);
    }

    /// <summary>Serves until the standard input ends, which it does when whoever started the server is gone.</summary>
    public static async Task ServeAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port: 0));
        await using WebApplication app = builder.Build();
        Body body = ChatBody.Create(Events);
        Body paced = ChatBody.Create(PacedEvents);
        app.MapPost(Path, context => AnswerAsync(context, body, TimeSpan.Zero, TimeSpan.Zero));
        app.MapPost(PacedPath, context => AnswerAsync(context, paced, Prefill, Pace));
        await app.StartAsync();
        await Console.Out.WriteLineAsync(app.Urls.Single());
        while (await Console.In.ReadLineAsync() is not null)
        {
            // Nothing is said to the server but that it may go.
        }
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static async Task AnswerAsync(HttpContext context, Body body, TimeSpan prefill, TimeSpan pace)
    {
        await context.Request.Body.CopyToAsync(Stream.Null);
        context.Response.ContentType = "text/event-stream";
        await WaitAsync(prefill);
        int start = 0;
        foreach (int end in body.EventEnds)
        {
            await context.Response.Body.WriteAsync(body.Bytes.AsMemory(start, end - start));
            await context.Response.Body.FlushAsync();
            start = end;
            await WaitAsync(pace);
        }
    }

    private static Task WaitAsync(TimeSpan time) => time > TimeSpan.Zero ? Task.Delay(time) : Task.CompletedTask;
}
