using System.Text;

namespace UsageCapture.Testing.Matching;

/// <summary>Writes the message of an <see cref="UnmatchedRequestException"/>: the request, why each recording does not answer, what to do.</summary>
internal static class UnmatchedRequestMessage
{
    /// <summary>Writes the message.</summary>
    /// <param name="request">The request.</param>
    /// <param name="recordings">Each recording's name, and the reasons why it does not answer.</param>
    public static string Create(RequestDescription request, IEnumerable<(string Name, IEnumerable<string> Reasons)> recordings)
    {
        var text = new StringBuilder($"No recording answers {request}.");
        bool hasRecordings = false;
        foreach ((string name, IEnumerable<string> reasons) in recordings)
        {
            hasRecordings = true;
            text.Append($"{Environment.NewLine}- '{name}': {string.Join("; ", reasons)}.");
        }

        if (!hasRecordings)
        {
            text.Append(" There are no recordings.");
        }

        // The folder is three levels above the output folder, which is bin/Debug/net10.0 of the test project.
        return text.Append(Environment.NewLine)
            .Append("To record one, send the request once through ")
            .Append("new RecordingHandler(\"../../../Recordings\") { InnerHandler = new SocketsHttpHandler() }, ")
            .Append("without CI=true in the environment, with which nothing is sent. ")
            .Append("To generate one, see ChatStream, ResponsesStream, MessagesStream and GeminiStream. To answer more requests with an existing one, give it another RequestMatch.")
            .ToString();
    }
}
