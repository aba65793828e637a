using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;

namespace UsageCapture.Requests;

/// <summary>The path of a request option such as <c>stream_options.include_usage</c>, and the JSON text that sets it to true.</summary>
internal sealed class OptionPath
{
    private static readonly ConcurrentDictionary<string, OptionPath> Parsed = new(StringComparer.Ordinal);

    private readonly byte[][] _names;

    // For each level, the members from that level on: "include_usage":true, and "stream_options":{"include_usage":true}.
    private readonly string[] _members;

    private OptionPath(string path)
    {
        string[] names = path.Split('.');
        _names = [.. names.Select(Encoding.UTF8.GetBytes)];
        _members = new string[names.Length];
        for (int level = names.Length - 1; level >= 0; level--)
        {
            string value = level == names.Length - 1 ? "true" : $"{{{_members[level + 1]}}}";
            _members[level] = $"\"{JsonEncodedText.Encode(names[level])}\":{value}";
        }
    }

    /// <summary>Gets the number of names in the path.</summary>
    public int Length => _names.Length;

    /// <summary>Parses a path. The few paths of an application are parsed once.</summary>
    public static OptionPath Parse(string path) => Parsed.GetOrAdd(path, static path => new OptionPath(path));

    /// <summary>Gets the name at a level of the path, from zero up.</summary>
    public ReadOnlySpan<byte> Name(int level) => _names[level];

    /// <summary>Gets the member of a level with all below it, between other texts.</summary>
    public byte[] Member(int level, string before = "", string after = "") => Encoding.UTF8.GetBytes(before + _members[level] + after);

    /// <summary>Gets the value of the member of a level.</summary>
    public byte[] Value(int level) => level == Length - 1 ? "true"u8.ToArray() : Member(level + 1, "{", "}");
}
