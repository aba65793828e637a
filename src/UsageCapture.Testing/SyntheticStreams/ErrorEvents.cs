using System.Text.Json.Nodes;

namespace UsageCapture.Testing.SyntheticStreams;

/// <summary>Writes the error event of each API. A service sends such an event when it fails after the response has started.</summary>
internal static class ErrorEvents
{
    private const string Message = "The server had an error.";

    // Google's error events have an HTTP status, too. It is always that of UNAVAILABLE, because clients decide by the status name.
    private const int GeminiHttpStatus = 503;

    /// <summary>Creates the error event of the API at an address.</summary>
    /// <remarks>Other addresses get the error of Chat Completions, the format that most services copy.</remarks>
    /// <param name="url">The address of the request.</param>
    /// <param name="code">The error code, type or status, depending on the API.</param>
    public static ReadOnlySpan<byte> CreateForUrl(Uri url, string code)
    {
        var events = new ServerSentEventWriter();
        string path = url.AbsolutePath;
        if (path.EndsWith("/messages", StringComparison.Ordinal))
        {
            WriteMessages(events, code);
        }
        else if (path.EndsWith("/responses", StringComparison.Ordinal))
        {
            // The number of the last recorded event is not looked up. Clients do not check it.
            WriteResponses(events, code, sequenceNumber: 0);
        }
        else if (path.Contains(":streamGenerateContent", StringComparison.Ordinal))
        {
            WriteGemini(events, code);
        }
        else
        {
            WriteChat(events, code);
        }

        return events.ToArray();
    }

    public static void WriteChat(ServerSentEventWriter events, string code) => events.Write(new JsonObject
    {
        ["error"] = new JsonObject { ["message"] = Message, ["type"] = "server_error", ["param"] = null, ["code"] = code },
    });

    public static void WriteResponses(ServerSentEventWriter events, string code, int sequenceNumber) => events.WriteNamed(new JsonObject
    {
        ["type"] = "error",
        ["code"] = code,
        ["message"] = Message,
        ["param"] = null,
        ["sequence_number"] = sequenceNumber,
    });

    public static void WriteMessages(ServerSentEventWriter events, string type) => events.WriteNamed(new JsonObject
    {
        ["type"] = "error",
        ["error"] = new JsonObject { ["type"] = type, ["message"] = Message },
    });

    public static void WriteGemini(ServerSentEventWriter events, string status) => events.Write(new JsonObject
    {
        ["error"] = new JsonObject { ["code"] = GeminiHttpStatus, ["message"] = Message, ["status"] = status },
    });
}
