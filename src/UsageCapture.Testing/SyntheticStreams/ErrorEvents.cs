using System.Text.Json.Nodes;

namespace UsageCapture.Testing.SyntheticStreams;

/// <summary>Writes the error event of each API. A service sends it if it fails after the response has started.</summary>
internal static class ErrorEvents
{
    private const string Message = "The server had an error.";
    private const int UnavailableStatus = 503; // Google repeats an HTTP status in the body. This one belongs to UNAVAILABLE.

    /// <summary>Creates the error event of the API at an address.</summary>
    /// <remarks>Other addresses get the error of Chat Completions, the format that most services copy.</remarks>
    /// <param name="url">The address of the request.</param>
    /// <param name="code">The error code, type or status, depending on the API.</param>
    public static ReadOnlySpan<byte> CreateForUrl(Uri url, string code)
    {
        var body = new EventWriter();
        string path = url.AbsolutePath;
        if (path.EndsWith("/messages", StringComparison.Ordinal))
        {
            WriteMessages(body, code);
        }
        else if (path.EndsWith("/responses", StringComparison.Ordinal))
        {
            WriteResponses(body, code, sequenceNumber: 0);
        }
        else if (path.Contains(":streamGenerateContent", StringComparison.Ordinal))
        {
            WriteGemini(body, code);
        }
        else
        {
            WriteChat(body, code);
        }

        return body.ToArray();
    }

    public static void WriteChat(EventWriter body, string code) => body.Write(new JsonObject
    {
        ["error"] = new JsonObject { ["message"] = Message, ["type"] = "server_error", ["param"] = null, ["code"] = code },
    });

    public static void WriteResponses(EventWriter body, string code, int sequenceNumber) => body.WriteTyped(new JsonObject
    {
        ["type"] = "error",
        ["code"] = code,
        ["message"] = Message,
        ["param"] = null,
        ["sequence_number"] = sequenceNumber,
    });

    public static void WriteMessages(EventWriter body, string type) => body.WriteTyped(new JsonObject
    {
        ["type"] = "error",
        ["error"] = new JsonObject { ["type"] = type, ["message"] = Message },
    });

    public static void WriteGemini(EventWriter body, string status) => body.Write(new JsonObject
    {
        ["error"] = new JsonObject { ["code"] = UnavailableStatus, ["message"] = Message, ["status"] = status },
    });
}
