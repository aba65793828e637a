using System.Text;

using UsageCapture.Testing;

namespace UsageCapture.TestSupport;

/// <summary>A plain streamed chat, and the events it is made of, for tests that need them in an order of their own.</summary>
internal static class Chat
{
    public const string Url = "https://api.openai.com/v1/chat/completions";

    public static readonly Recording Answer = Begin().Finish("stop").Usage(prompt: 7, completion: 3).ToRecording();

    public static readonly string Text = Event(Answer, 1);

    public static readonly string RunningUsage =
        Event(Begin().Finish("stop").Usage(prompt: 7, completion: 3, placement: ChatUsagePlacement.EveryChunk).ToRecording(), 1);

    public static readonly string Finish = Event(Answer, 2);

    public static readonly string Usage = Event(Answer, 3);

    public static readonly string Error = Event(Begin().Error("overloaded").ToRecording(), 2);

    public static readonly string Done = Event(Answer, 4);

    /// <summary>Makes an answer of these events.</summary>
    public static Recording Of(params IEnumerable<string> events) =>
        Answer.WithBody(Encoding.UTF8.GetBytes(string.Concat(events))) with { Expected = null };

    /// <summary>Makes an answer of these events that stays open after them.</summary>
    public static Recording Stalling(params IEnumerable<string> events)
    {
        Recording answer = Of(events);
        return answer.StalledAfter(answer.Body.Length);
    }

    public static HttpRequestMessage Request(string body = "{\"model\":\"m\",\"stream\":true}", string url = Url) =>
        new(HttpMethod.Post, url) { Content = new StringContent(body, Encoding.UTF8, "application/json") };

    private static ChatStream Begin() => ChatStream.Create("m").Text("Hi");

    private static string Event(Recording recording, int index) => Encoding.UTF8.GetString(recording.GetEvents()[index].Span);
}
