using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;

namespace UsageCapture.Requests;

/// <summary>The path of a request option such as <c>stream_options.include_usage</c>, and the JSON text that sets it to true.</summary>
internal sealed class OptionPath
{
    // By the option's identity: a provider has one option, which it returns for each request.
    private static readonly ConditionalWeakTable<UsageRequestOption, OptionPath> Parsed = [];

    private readonly byte[][] _names;

    // For each level, the texts of the member from that level on: "include_usage":true, and "stream_options":{"include_usage":true}.
    private readonly byte[][] _onlyMembers;
    private readonly byte[][] _firstMembers;
    private readonly byte[][] _laterMembers;
    private readonly byte[][] _values;

    private readonly byte[][] _excludingNames;

    private OptionPath(UsageRequestOption option)
    {
        string[] names = option.Path.Split('.');
        string[] values = new string[names.Length];
        string[] members = new string[names.Length];
        for (int level = names.Length - 1; level >= 0; level--)
        {
            values[level] = level == names.Length - 1 ? "true" : $"{{{members[level + 1]}}}";
            members[level] = $"\"{JsonEncodedText.Encode(names[level])}\":{values[level]}";
        }

        _excludingNames = [.. option.ExcludedBy.Select(Encoding.UTF8.GetBytes)];
        _names = Array.ConvertAll(names, Encoding.UTF8.GetBytes);
        _values = Array.ConvertAll(values, Encoding.UTF8.GetBytes);
        _onlyMembers = Array.ConvertAll(members, Encoding.UTF8.GetBytes);
        _firstMembers = Array.ConvertAll(members, member => Encoding.UTF8.GetBytes(member + ","));
        _laterMembers = Array.ConvertAll(members, member => Encoding.UTF8.GetBytes("," + member));
    }

    /// <summary>Gets the number of names in the path.</summary>
    public int Length => _names.Length;

    /// <summary>Parses the path of an option, once for each option.</summary>
    public static OptionPath Parse(UsageRequestOption option) => Parsed.GetValue(option, static option => new OptionPath(option));

    /// <summary>Gets the name at a level of the path, from zero up.</summary>
    public ReadOnlySpan<byte> Name(int level) => _names[level];

    /// <summary>Gets whether the member at hand is one with which the server does not accept the option.</summary>
    /// <param name="reader">The reader, at the member's name.</param>
    public bool IsExcludedBy(ref Utf8JsonReader reader)
    {
        foreach (byte[] name in _excludingNames)
        {
            if (reader.ValueTextEquals(name))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Gets the member of a level with all below it, as the first one of an object.</summary>
    public byte[] FirstMember(int level, bool isOnly) => isOnly ? _onlyMembers[level] : _firstMembers[level];

    /// <summary>Gets the member of a level with all below it, after another one.</summary>
    public byte[] LaterMember(int level) => _laterMembers[level];

    /// <summary>Gets the value of the member of a level.</summary>
    public byte[] Value(int level) => _values[level];
}
