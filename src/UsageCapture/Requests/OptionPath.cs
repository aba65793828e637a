using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;

namespace UsageCapture.Requests;

/// <summary>The path of a request option such as <c>stream_options.include_usage</c>, and the JSON text that sets it to true.</summary>
internal sealed class OptionPath
{
    private static readonly ConcurrentDictionary<string, OptionPath> Parsed = new(StringComparer.Ordinal);

    private readonly byte[][] _names;

    // For each level, the texts of the member from that level on: "include_usage":true, and "stream_options":{"include_usage":true}.
    private readonly byte[][] _onlyMembers;
    private readonly byte[][] _firstMembers;
    private readonly byte[][] _laterMembers;
    private readonly byte[][] _values;

    private OptionPath(string path)
    {
        string[] names = path.Split('.');
        string[] values = new string[names.Length];
        string[] members = new string[names.Length];
        for (int level = names.Length - 1; level >= 0; level--)
        {
            values[level] = level == names.Length - 1 ? "true" : $"{{{members[level + 1]}}}";
            members[level] = $"\"{JsonEncodedText.Encode(names[level])}\":{values[level]}";
        }

        _names = Array.ConvertAll(names, Encoding.UTF8.GetBytes);
        _values = Array.ConvertAll(values, Encoding.UTF8.GetBytes);
        _onlyMembers = Array.ConvertAll(members, Encoding.UTF8.GetBytes);
        _firstMembers = Array.ConvertAll(members, member => Encoding.UTF8.GetBytes(member + ","));
        _laterMembers = Array.ConvertAll(members, member => Encoding.UTF8.GetBytes("," + member));
    }

    /// <summary>Gets the number of names in the path.</summary>
    public int Length => _names.Length;

    /// <summary>Parses a path. The few paths of an application are parsed once.</summary>
    public static OptionPath Parse(string path) => Parsed.GetOrAdd(path, static path => new OptionPath(path));

    /// <summary>Gets the name at a level of the path, from zero up.</summary>
    public ReadOnlySpan<byte> Name(int level) => _names[level];

    /// <summary>Gets the member of a level with all below it, as the first one of an object.</summary>
    public byte[] FirstMember(int level, bool isOnly) => isOnly ? _onlyMembers[level] : _firstMembers[level];

    /// <summary>Gets the member of a level with all below it, after another one.</summary>
    public byte[] LaterMember(int level) => _laterMembers[level];

    /// <summary>Gets the value of the member of a level.</summary>
    public byte[] Value(int level) => _values[level];
}
