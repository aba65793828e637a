using System.Text;

namespace UsageCapture.Benchmarks.Bodies;

/// <summary>Puts a stream of events together and notes where each of them ends.</summary>
internal sealed class EventWriter
{
    private readonly MemoryStream _bytes = new();
    private readonly List<int> _ends = [];

    /// <summary>Adds an event without a name.</summary>
    public void Write(string data) => WriteText($"data: {data}\n\n");

    /// <summary>Adds an event with a name.</summary>
    public void Write(string name, string data) => WriteText($"event: {name}\ndata: {data}\n\n");

    public Body ToBody(UsagePlace place, Tokens expected) => new()
    {
        Bytes = _bytes.ToArray(),
        EventEnds = [.. _ends],
        Place = place,
        Expected = expected,
    };

    private void WriteText(string text)
    {
        _bytes.Write(Encoding.UTF8.GetBytes(text));
        _ends.Add((int)_bytes.Length);
    }
}
