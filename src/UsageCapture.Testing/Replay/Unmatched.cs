using System.Text;

namespace UsageCapture.Testing.Replay;

/// <summary>Says of a request that nothing answers what was looked at, why it did not match, and how to record it.</summary>
internal static class Unmatched
{
    public static string Describe(RequestFacts request, IEnumerable<(string Name, IReadOnlyList<string> Why)> looked)
    {
        (string Name, IReadOnlyList<string> Why)[] recordings = [.. looked];
        var text = new StringBuilder($"No recording answers {request}.");
        if (recordings.Length == 0)
        {
            text.Append(" There are none.");
        }

        foreach ((string name, IReadOnlyList<string> why) in recordings)
        {
            text.Append($"{Environment.NewLine}- '{name}': {string.Join("; ", why)}.");
        }

        return text.Append(Environment.NewLine)
            .Append("To record one, send the request once through new RecordingHandler(\"../../../Recordings\") { InnerHandler = new SocketsHttpHandler() }, without CI=true in the environment; ")
            .Append("to make one, see ChatStream; to answer more requests with one that there is, give its request another match.")
            .ToString();
    }
}
