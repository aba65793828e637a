using System.Text;
using System.Text.Json;

using UsageCapture.Testing;

namespace UsageCapture.Tests.Cutting;

/// <summary>A body written for one situation around the end of its protocol.</summary>
internal sealed class NamedBody
{
    private static readonly JsonElement Request = JsonElement.Parse("""{"model":"m","stream":true}""");

    private NamedBody(Recording recording, int settled)
    {
        Recording = recording;
        Settled = settled;
    }

    public string Name => Recording.Name;

    public Recording Recording { get; }

    /// <summary>Gets how many bytes decide the record: all up to the protocol's end with usage. The rest must not change it.</summary>
    /// <value>The whole length when nothing ends the reading before the body's end.</value>
    public int Settled { get; }

    /// <summary>Gets the input tokens that the record must have; null when the rule does not say.</summary>
    public long? Input { get; private init; }

    /// <summary>Gets the anomalies that the record must have; null when the rule does not say.</summary>
    public UsageAnomalies? Anomalies { get; private init; }

    /// <summary>Gets the recording of the bytes that decide the record.</summary>
    public Recording SettledRecording => Recording.WithBody(Recording.Body[..Settled]) with { Name = Name + ", up to its end" };

    /// <summary>Makes a body whose record is decided before the rest.</summary>
    public static NamedBody Ended(
        string name, string url, string contentType, Bytes settled, Bytes rest, long input, UsageAnomalies? anomalies = UsageAnomalies.None) =>
        new(Make(name, url, contentType, [.. settled.Value, .. rest.Value]), settled.Value.Length) { Input = input, Anomalies = anomalies };

    /// <summary>Makes a body whose record must be the same in every cut, whatever it is.</summary>
    public static NamedBody Open(string name, string url, string contentType, Bytes body) => new(Make(name, url, contentType, body.Value), body.Value.Length);

    private static Recording Make(string name, string url, string contentType, byte[] body) => new()
    {
        Name = name,
        Body = body,
        Request = new RecordedRequest { Url = new Uri(url), Body = Request, Match = RequestMatch.Any },
        Response = new RecordedResponse { Headers = new Dictionary<string, string> { ["content-type"] = contentType } },
    };

    /// <summary>Bytes that are written as text or taken from a recording.</summary>
    internal readonly record struct Bytes(byte[] Value)
    {
        public static implicit operator Bytes(string text) => new(Encoding.UTF8.GetBytes(text));

        public static implicit operator Bytes(byte[] bytes) => new(bytes);

        public static implicit operator Bytes(ReadOnlyMemory<byte> bytes) => new(bytes.ToArray());
    }
}
