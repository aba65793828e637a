using UsageCapture;
using UsageCapture.ExitProgram;
using UsageCapture.Testing;

// A program without a container. It leaves a response early, disposes no client and no sink, and ends. The argument names the situation.
string situation = args[0];
Recording answer = ChatStream.Create("m").Text("Hi").Finish("stop").Usage(prompt: 7, completion: 3).ToRecording();
int untilFinish = answer.GetEvents().Take(3).Sum(events => events.Length);
var gate = new ReplayGate();

// Before the handler registers its own callback, so that the rest of the response comes only when the process exits.
AppDomain.CurrentDomain.ProcessExit += (_, _) => gate.Open();
using var server = new ReplayHandler(situation == "stalled" ? answer.StalledAfter(untilFinish) : answer.InChunksByEvent()) { Gate = gate };
TimeSpan delay = situation switch
{
    "slow-sink" or "flush" or "queue" => TimeSpan.FromMilliseconds(500),
    "hanging-sink" or "hanging-queue" => Timeout.InfiniteTimeSpan,
    _ => TimeSpan.Zero,
};
#pragma warning disable CA2000 // The program forgets to dispose them.
IUsageSink sink = new ConsoleSink(delay, fails: situation is "failing-sink" or "unread-error");
if (situation is "queue" or "hanging-queue")
{
    TimeSpan shutdownTimeout = TimeSpan.FromSeconds(situation == "queue" ? 30 : 0.1);
    sink = new BufferedUsageSink(sink, new BufferedUsageSinkOptions { ShutdownTimeout = shutdownTimeout });
}

var options = new UsageCaptureOptions
{
    DrainTimeout = TimeSpan.FromSeconds(situation == "stalled" ? 1 : 5),
    PublishTimeout = TimeSpan.FromSeconds(situation == "hanging-sink" ? 0.1 : 2),
};
var handler = new UsageCaptureHandler(sink, options) { InnerHandler = server };
var client = new HttpClient(handler);
var request = new HttpRequestMessage(HttpMethod.Post, "https://api.openai.com/v1/chat/completions")
{
    Content = new StringContent("""{"model":"m","stream":true}"""),
};
#pragma warning restore CA2000
gate.Release(3);
if (situation == "unread-error")
{
    // More than the pipe of the error stream takes without a reader.
    gate.Open();
    for (int i = 0; i < 300; i++)
    {
        using var repeated = new HttpRequestMessage(HttpMethod.Post, request.RequestUri);
        repeated.Content = new StringContent("""{"model":"m","stream":true}""");
        (await client.SendAsync(repeated)).Dispose();
    }

    Console.WriteLine("done");
}

using (HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead))
{
    Stream body = await response.Content.ReadAsStreamAsync();
    await body.ReadExactlyAsync(new byte[situation is "slow-sink" or "failing-sink" or "hanging-sink" ? 1 : untilFinish]);
}

if (situation == "flush")
{
    Task flushing = handler.FlushAsync();
    gate.Open();
    await flushing;
    Console.WriteLine("flushed");
}

if (situation == "exit-code")
{
    Environment.Exit(3);
}

return 0;
