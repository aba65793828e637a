using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;

namespace UsageCapture.Requests;

/// <summary>The path of a request option such as <c>stream_options.include_usage</c>, and the JSON text that sets it to true.</summary>
internal sealed class OptionPath
{
    // Keyed by the option object: a provider has one such object and returns it for each request.
    private static readonly ConditionalWeakTable<UsageRequestOption, OptionPath> Cache = [];

    private readonly byte[][] _names;

    // The texts to insert, for each level. For the last level of a path that ends with the name a, and for the levels above with all below:
    private readonly byte[][] _onlyMembers; // "a":true
    private readonly byte[][] _firstMembers; // "a":true,
    private readonly byte[][] _laterMembers; // ,"a":true
    private readonly byte[][] _values; // true

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

    /// <summary>Gets the number of names in the path, which is the number of its levels.</summary>
    public int Length => _names.Length;

    /// <summary>Parses the path of an option, once for each option.</summary>
    public static OptionPath Parse(UsageRequestOption option) => Cache.GetValue(option, static option => new OptionPath(option));

    /// <summary>Gets the name at a level of the path, from zero up.</summary>
    public ReadOnlySpan<byte> Name(int level) => _names[level];

    /// <summary>Gets whether the server does not accept the option together with the member that the reader is at.</summary>
    /// <param name="reader">The reader, at a member's name in the body of the request.</param>
    /// <param name="index">The index of the name among <see cref="UsageRequestOption.ExcludedBy"/>; -1 when the result is false.</param>
    public bool IsExcludingMember(ref Utf8JsonReader reader, out int index)
    {
        for (index = 0; index < _excludingNames.Length; index++)
        {
            if (reader.ValueTextEquals(_excludingNames[index]))
            {
                return true;
            }
        }

        index = -1;
        return false;
    }

    /// <summary>Gets the text that adds the member of a level, with all levels below, as the first member of an object.</summary>
    /// <param name="level">The level, from zero up.</param>
    /// <param name="isOnly">Whether the object has no other member, so that no comma follows.</param>
    public byte[] TextAsFirstMember(int level, bool isOnly) => isOnly ? _onlyMembers[level] : _firstMembers[level];

    /// <summary>Gets the text that adds the member of a level, with all levels below, after another member.</summary>
    public byte[] TextAfterMember(int level) => _laterMembers[level];

    /// <summary>Gets the text of the value of a level's member: <c>true</c>, or an object that contains the levels below.</summary>
    public byte[] ValueText(int level) => _values[level];
}
