using System.Text.Json.Nodes;

namespace UsageCapture.Testing.SyntheticStreams;

/// <summary>Writes the error events that each API sends if it fails after the response has started.</summary>
internal static class ErrorEvents
{
    private const string Message = "The server had an error.";

    /// <summary>Returns the error event of the API at an address. Unknown addresses get the one of Chat Completions.</summary>
    public static ReadOnlySpan<byte> Create(Uri url, string code)
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
        ["error"] = new JsonObject { ["code"] = 503, ["message"] = Message, ["status"] = status },
    });
}
