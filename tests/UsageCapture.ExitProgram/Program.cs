using UsageCapture;
using UsageCapture.ExitProgram;
using UsageCapture.Testing;

// A program without a container. It leaves a response early, disposes no client, and ends. The argument says in which situation.
string situation = args[0];
Recording answer = ChatStream.Create("m").Text("Hi").Finish("stop").Usage(prompt: 7, completion: 3).ToRecording();
int untilFinish = answer.GetEvents().Take(3).Sum(events => events.Length);
var gate = new ReplayGate();
using var server = new ReplayHandler(situation == "stalled" ? answer.StalledAfter(untilFinish) : answer.EventByEvent()) { Gate = gate };
var sink = new ConsoleSink(
    delay: TimeSpan.FromMilliseconds(situation is "slow-sink" or "flush" ? 500 : 0), fails: situation == "failing-sink");
var options = new UsageCaptureOptions { DrainTimeout = TimeSpan.FromSeconds(situation == "stalled" ? 1 : 5) };

#pragma warning disable CA2000 // The program forgets to dispose them.
var handler = new UsageCaptureHandler(sink, options) { InnerHandler = server };
var client = new HttpClient(handler);
var request = new HttpRequestMessage(HttpMethod.Post, "https://api.openai.com/v1/chat/completions")
{
    Content = new StringContent("""{"model":"m","stream":true}"""),
};
#pragma warning restore CA2000
gate.Release(3);
using (HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead))
{
    Stream body = await response.Content.ReadAsStreamAsync();
    await body.ReadExactlyAsync(new byte[situation is "slow-sink" or "failing-sink" ? 1 : untilFinish]);
}

_ = Task.Delay(300).ContinueWith(_ => gate.Open(), TaskScheduler.Default);
if (situation == "flush")
{
    await handler.FlushAsync();
    Console.WriteLine("flushed");
}

if (situation == "exit-code")
{
    Environment.Exit(3);
}

return 0;
