using System.Text;

namespace UsageCapture.Decoding;

/// <summary>Builds a <see cref="JsonShape"/> from the paths of the wanted values.</summary>
/// <remarks>
/// <see cref="UsageFields"/> adds the paths of all fields, then calls <see cref="ToShape"/> once. A field is what a reader asks for. Several
/// fields may name the same value, and one field may name several values. A slot is the number under which the scanner reports a value:
/// values that belong to exactly the same fields share a slot.
/// </remarks>
internal sealed class JsonPathTree
{
    // JsonCaptures has one bit for each slot in a 64-bit set.
    private const int MaxSlots = 64;

    private readonly Node _root = new();

    /// <summary>Adds a path.</summary>
    /// <param name="path">
    /// Member names with dots between them. <c>[]</c> after a name enters an array, and at the end of a path means the presence of
    /// each element. <c>?</c> at the end asks only for the presence of the value, so its text is not kept.
    /// </param>
    /// <param name="field">The number of the field that the path belongs to.</param>
    /// <exception cref="ArgumentException">
    /// The path is empty or too deep, has a name that is too long, was added before, or lies inside a value whose text is kept.
    /// </exception>
    public void Add(string path, int field)
    {
        if (path.Split('.').Length + path.Count('[') > JsonScanner.MaxDepth)
        {
            throw new ArgumentException($"The path '{path}' is too deep to be a field: it may have {JsonScanner.MaxDepth} levels.", nameof(path));
        }

        // The scanner does not keep a longer name that is cut between pieces, so it would find the value only when the name is not cut.
        if (path.Split('.').Any(part => Encoding.UTF8.GetByteCount(part.TrimEnd('[', ']', '?')) > JsonMemberName.MaxLength))
        {
            throw new ArgumentException(
                $"The path '{path}' cannot be a field: a name in it is longer than {JsonMemberName.MaxLength} bytes in UTF-8.", nameof(path));
        }

        bool isPresence = path.EndsWith('?') || path.EndsWith("[]", StringComparison.Ordinal);
        Node node = _root;
        foreach (string part in path.TrimEnd('?').Split('.'))
        {
            node = node.Enter(part) ?? throw Misplaced(path);
        }

        if (!node.TryAddField(field, isPresence))
        {
            throw Misplaced(path);
        }
    }

    /// <summary>Makes the shape, and finds the slots of each field.</summary>
    /// <param name="slots">For each field, by its number, the set of the slots that its values are reported under.</param>
    /// <exception cref="InvalidOperationException">There are more than 64 different values.</exception>
    public JsonShape ToShape(Span<ulong> slots)
    {
        List<string> fieldSets = [];
        JsonShape shape = _root.ToShape(fieldSets, slots);
        return fieldSets.Count <= MaxSlots ? shape
            : throw new InvalidOperationException($"There are {fieldSets.Count} different values among the fields. There may be {MaxSlots}: leave some out.");
    }

    private static ArgumentException Misplaced(string path) => new(
        $"The path '{path}' cannot be a field: it is empty, is named twice by the same field, or is part of another field. Name each value once.", nameof(path));

    /// <summary>A value in the tree, with the nodes of its wanted members or elements.</summary>
    private sealed class Node
    {
        private readonly List<(string Name, Node Value)> _members = [];
        private readonly SortedSet<int> _fields = [];

        // The elements, if the value is entered as an array.
        private Node? _element;

        // Whether the text of the value is kept. Then no part of it can be a field.
        private bool _isTextKept;

        private bool IsContainer => _members.Count > 0 || _element is not null;

        /// <summary>Gets or adds the node of a member, or of the elements of the arrays that the <c>[]</c> after its name stands for.</summary>
        /// <returns>Null when the value cannot have the member: its text is kept, or it is entered as an array.</returns>
        public Node? Enter(string part)
        {
            string name = part.TrimEnd('[', ']');
            if (name.Length == 0 || _isTextKept || _element is not null)
            {
                return null;
            }

            Node node = GetOrAddMember(name);
            for (int position = name.Length; position < part.Length; position += "[]".Length)
            {
                if (!part[position..].StartsWith("[]", StringComparison.Ordinal) || node._isTextKept || node._members.Count > 0)
                {
                    return null;
                }

                node = node._element ??= new Node();
            }

            return node;
        }

        /// <summary>Makes the node a value of a field.</summary>
        /// <param name="field">The number of the field.</param>
        /// <param name="isPresence">Whether the field asks only for the presence of the value.</param>
        /// <returns>False when the field has it already, or when its text is wanted and parts of it are fields.</returns>
        public bool TryAddField(int field, bool isPresence)
        {
            _isTextKept |= !isPresence;
            return !(_isTextKept && IsContainer) && _fields.Add(field);
        }

        /// <summary>Makes the shape of this value and of all values in it.</summary>
        /// <param name="fieldSets">Each different set of fields, as text. Its index in the list is its slot.</param>
        /// <param name="slots">For each field, by its number, the set of its slots.</param>
        public JsonShape ToShape(List<string> fieldSets, Span<ulong> slots)
        {
            int slot = GetOrAddSlot(fieldSets, slots);
            if (_element is not null)
            {
                return JsonShape.ForArray(_element.ToShape(fieldSets, slots), slot);
            }

            if (_members.Count == 0)
            {
                return _isTextKept ? JsonShape.ForText(slot) : JsonShape.ForPresence(slot);
            }

            var members = new (string, JsonShape)[_members.Count];
            for (int i = 0; i < members.Length; i++)
            {
                members[i] = (_members[i].Name, _members[i].Value.ToShape(fieldSets, slots));
            }

            return JsonShape.ForObject(slot, members);
        }

        private int GetOrAddSlot(List<string> fieldSets, Span<ulong> slots)
        {
            if (_fields.Count == 0)
            {
                return JsonShape.NoSlot;
            }

            string set = string.Join(',', _fields);
            int slot = fieldSets.IndexOf(set);
            if (slot < 0)
            {
                slot = fieldSets.Count;
                fieldSets.Add(set);
            }

            foreach (int field in _fields)
            {
                slots[field] |= 1ul << slot;
            }

            return slot;
        }

        private Node GetOrAddMember(string name)
        {
            Node? member = _members.Find(member => member.Name == name).Value;
            if (member is null)
            {
                member = new Node();
                _members.Add((name, member));
            }

            return member;
        }
    }
}
