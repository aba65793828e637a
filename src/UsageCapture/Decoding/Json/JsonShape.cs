namespace UsageCapture.Decoding;

/// <summary>The parts of a JSON document that somebody wants to see, as a tree in the shape of the document.</summary>
/// <remarks>
/// What stands anywhere else is passed over unread: a name counts only at its place. Slots are the reader's own numbers for the
/// parts; a shape with a slot and without members is captured as text, one with members only announced.
/// </remarks>
internal sealed class JsonShape
{
    /// <summary>The slot of a part that is not reported.</summary>
    public const int NoSlot = -1;

    // The members by the length of their names, for most names of a document differ from all of these in that already.
    private readonly (byte[] Name, JsonShape Value)[]?[] _membersByLength;

    private JsonShape(int slot, bool captured, (byte[] Name, JsonShape Value)[] members, JsonShape? element)
    {
        Slot = slot;
        IsCaptured = captured;
        _membersByLength = new (byte[], JsonShape)[members.Length == 0 ? 0 : members.Max(member => member.Name.Length) + 1][];
        foreach (IGrouping<int, (byte[] Name, JsonShape Value)> group in members.GroupBy(member => member.Name.Length))
        {
            _membersByLength[group.Key] = [.. group];
        }

        Element = element;
    }

    /// <summary>Gets the number under which this part is reported.</summary>
    public int Slot { get; }

    /// <summary>Gets whether the text of the value is kept; otherwise only that it is there.</summary>
    public bool IsCaptured { get; }

    /// <summary>Gets whether this part is entered when it is an object.</summary>
    public bool IsObject => _membersByLength.Length > 0;

    /// <summary>Gets what each element looks like, when this part is entered as an array.</summary>
    public JsonShape? Element { get; }

    /// <summary>A value kept as JSON text, whatever it is.</summary>
    public static JsonShape Text(int slot) => new(slot, captured: true, [], element: null);

    /// <summary>A value of which only the presence counts.</summary>
    public static JsonShape Presence(int slot) => new(slot, captured: false, [], element: null);

    /// <summary>An array whose elements are looked into.</summary>
    public static JsonShape Array(JsonShape element) => new(NoSlot, captured: false, [], element);

    /// <summary>An object of which some members are looked at.</summary>
    public static JsonShape Object(params ReadOnlySpan<(string Name, JsonShape Value)> members) => Object(NoSlot, members);

    /// <summary>An object of which some members are looked at, and which is announced when it begins.</summary>
    public static JsonShape Object(int slot, params ReadOnlySpan<(string Name, JsonShape Value)> members)
    {
        var named = new (byte[], JsonShape)[members.Length];
        for (int i = 0; i < members.Length; i++)
        {
            named[i] = (System.Text.Encoding.UTF8.GetBytes(members[i].Name), members[i].Value);
        }

        return new(slot, captured: false, named, element: null);
    }

    /// <summary>Finds the member of that name; null when nobody wants it.</summary>
    public JsonShape? Member(ReadOnlySpan<byte> name)
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
