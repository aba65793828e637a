using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace UsageCapture.Testing.SyntheticStreams;

/// <summary>Writes server-sent events into the body of a response. Call one method for each event, then <see cref="ToArray"/>.</summary>
internal sealed class ServerSentEventWriter
{
    // Like the services, the writer does not escape characters such as "+" and "é".
    private static readonly JsonSerializerOptions JsonOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly StringBuilder _body = new();

    /// <summary>Writes an unnamed event with JSON data.</summary>
    public void Write(JsonObject data) => WriteText(data.ToJsonString(JsonOptions));

    /// <summary>Writes an unnamed event with text on a single line, such as <c>[DONE]</c>.</summary>
    public void WriteText(string data) => _body.Append("data: ").Append(data).Append("\n\n");

    /// <summary>Writes a named event with JSON data. Its name is the member <c>type</c> of the data.</summary>
    public void WriteNamed(JsonObject data) => WriteNamedText(data["type"]!.GetValue<string>(), data.ToJsonString(JsonOptions));

    /// <summary>Writes a named event with text on a single line.</summary>
    public void WriteNamedText(string name, string data)
    {
        _body.Append("event: ").Append(name).Append('\n');
        WriteText(data);
    }

    /// <summary>Returns the body as UTF-8.</summary>
    public byte[] ToArray() => Encoding.UTF8.GetBytes(_body.ToString());
}
