using System.Text;

namespace UsageCapture.Decoding;

/// <summary>The wanted values of a JSON document, as a tree in the form of the document. The <see cref="JsonScanner"/> skips all others.</summary>
/// <remarks>
/// Each node is a value at one place of the document. A slot is the number under which the scanner reports a value to the
/// <see cref="JsonCaptures"/>: with its JSON text, or only that it is present. <see cref="JsonPathTree"/> builds shapes from paths.
/// </remarks>
internal sealed class JsonShape
{
    /// <summary>The slot of a value that is not reported itself: the scanner enters it only for the wanted values in it.</summary>
    public const int NoSlot = -1;

    // The members by the length of their names in bytes; null for a length that no wanted name has. Most names in a document have such a
    // length, so they need no comparison.
    private readonly (byte[] Name, JsonShape Value)[]?[] _membersByLength;

    private JsonShape(int slot, bool keepsText, (byte[] Name, JsonShape Value)[] members, JsonShape? element)
    {
        Slot = slot;
        KeepsText = keepsText;
        Element = element;
        int longestName = members.Length == 0 ? -1 : members.Max(member => member.Name.Length);
        _membersByLength = new (byte[], JsonShape)[longestName + 1][];
        foreach (IGrouping<int, (byte[] Name, JsonShape Value)> group in members.GroupBy(member => member.Name.Length))
        {
            _membersByLength[group.Key] = [.. group];
        }
    }

    /// <summary>Gets the number under which the value is reported; <see cref="NoSlot"/> when it is not.</summary>
    public int Slot { get; }

    /// <summary>Gets whether the JSON text of the value is kept. Otherwise only its presence is reported.</summary>
    public bool KeepsText { get; }

    /// <summary>Gets whether members of the value are wanted, so that the scanner enters it if it is an object.</summary>
    public bool HasWantedMembers => _membersByLength.Length > 0;

    /// <summary>Gets the shape of each element, if elements are wanted and the scanner enters the value as an array; otherwise null.</summary>
    public JsonShape? Element { get; }

    /// <summary>Makes the shape of a value whose JSON text is kept, of any type.</summary>
    public static JsonShape ForText(int slot) => new(slot, keepsText: true, [], element: null);

    /// <summary>Makes the shape of a value of which only the presence is reported.</summary>
    public static JsonShape ForPresence(int slot) => new(slot, keepsText: false, [], element: null);

    /// <summary>Makes the shape of an array whose elements are wanted, and whose presence is reported before them if it has a slot.</summary>
    public static JsonShape ForArray(JsonShape element, int slot = NoSlot) => new(slot, keepsText: false, [], element);

    /// <summary>Makes the shape of an object of which some members are wanted.</summary>
    public static JsonShape ForObject(params ReadOnlySpan<(string Name, JsonShape Value)> members) => ForObject(NoSlot, members);

    /// <summary>Makes the shape of an object of which some members are wanted, and whose presence is reported before them.</summary>
    public static JsonShape ForObject(int slot, params ReadOnlySpan<(string Name, JsonShape Value)> members)
    {
        var named = new (byte[], JsonShape)[members.Length];
        for (int i = 0; i < members.Length; i++)
        {
            named[i] = (Encoding.UTF8.GetBytes(members[i].Name), members[i].Value);
        }

        return new JsonShape(slot, keepsText: false, named, element: null);
    }

    /// <summary>Finds the member with a name.</summary>
    /// <param name="name">The name in UTF-8, without escapes.</param>
    /// <returns>Null when the member is not wanted.</returns>
    public JsonShape? FindMember(ReadOnlySpan<byte> name)
    {
        (byte[] Name, JsonShape Value)[]? members = name.Length < _membersByLength.Length ? _membersByLength[name.Length] : null;
        if (members is null)
        {
            return null;
        }

        foreach ((byte[] wanted, JsonShape value) in members)
        {
            if (name.SequenceEqual(wanted))
            {
                return value;
            }
        }

        return null;
    }
}
