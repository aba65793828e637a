using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace UsageCapture.Testing.Streams;

/// <summary>Writes the body of an event stream.</summary>
internal sealed class EventWriter
{
    private static readonly JsonSerializerOptions Unescaped = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly StringBuilder _body = new();

    /// <summary>Writes an event that has data only.</summary>
    public void Write(JsonObject data) => Write(data.ToJsonString(Unescaped));

    /// <summary>Writes an event that has data only.</summary>
    public void Write(string data) => _body.Append("data: ").Append(data).Append("\n\n");

    /// <summary>Writes an event that is named as the <c>type</c> in its data.</summary>
    public void WriteTyped(JsonObject data)
    {
        _body.Append("event: ").Append(data["type"]!.GetValue<string>()).Append('\n');
        Write(data);
    }

    public byte[] ToArray() => Encoding.UTF8.GetBytes(_body.ToString());
}
