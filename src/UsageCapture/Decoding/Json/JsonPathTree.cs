namespace UsageCapture.Decoding;

/// <summary>Builds a <see cref="JsonShape"/> from the paths of the wanted values.</summary>
/// <remarks>
/// Add the paths of all fields, then call <see cref="ToShape"/> once. Several fields may name the same value, and one field may name
/// several values: a slot is shared by the values that have exactly the same fields.
/// </remarks>
internal sealed class JsonPathTree
{
    // The captures note the slots of a document in one 64-bit set.
    private const int MaxSlots = 64;

    private readonly Node _root = new();

    /// <summary>Adds a path.</summary>
    /// <param name="path">
    /// Member names with dots between them. <c>[]</c> after a name enters an array, and at the end of a path means the presence of
    /// each element. <c>?</c> at the end keeps only the presence of the value, not its text.
    /// </param>
    /// <param name="field">The number of the field that the path belongs to.</param>
    /// <exception cref="ArgumentException">The path is empty or too deep, or it lies inside a value that is kept whole.</exception>
    public void Add(string path, int field)
    {
        if (path.Split('.').Length + path.Count('[') > JsonScanner.MaxDepth)
        {
            throw new ArgumentException($"The path '{path}' is too deep to be a field: it may have {JsonScanner.MaxDepth} levels.", nameof(path));
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
        $"The path '{path}' cannot be a field: it is empty, stands twice, or is part of another field. Name each value once.", nameof(path));

    /// <summary>A value in the tree.</summary>
    private sealed class Node
    {
        private readonly List<(string Name, Node Value)> _members = [];
        private readonly SortedSet<int> _fields = [];
        private Node? _element;
        private bool _isKept;

        private bool IsContainer => _members.Count > 0 || _element is not null;

        /// <summary>Gets the node of a member, and of the elements of the arrays after its name; null when it cannot be one.</summary>
        public Node? Enter(string part)
        {
            string name = part.TrimEnd('[', ']');
            if (name.Length == 0 || _isKept || _element is not null)
            {
                return null;
            }

            Node node = Member(name);
            for (int array = name.Length; array < part.Length; array += "[]".Length)
            {
                if (!part[array..].StartsWith("[]", StringComparison.Ordinal) || node._isKept || node._members.Count > 0)
                {
                    return null;
                }

                node = node._element ??= new Node();
            }

            return node;
        }

        /// <summary>Makes the node a value of a field.</summary>
        /// <returns>False when the field has it already, or when it is to be kept whole and parts of it are fields.</returns>
        public bool TryAddField(int field, bool isPresence)
        {
            _isKept |= !isPresence;
            return !(_isKept && IsContainer) && _fields.Add(field);
        }

        public JsonShape ToShape(List<string> fieldSets, Span<ulong> slots)
        {
            int slot = Slot(fieldSets, slots);
            if (_element is not null)
            {
                return JsonShape.Array(_element.ToShape(fieldSets, slots));
            }

            if (_members.Count == 0)
            {
                return _isKept ? JsonShape.Text(slot) : JsonShape.Presence(slot);
            }

            var members = new (string, JsonShape)[_members.Count];
            for (int i = 0; i < members.Length; i++)
            {
                members[i] = (_members[i].Name, _members[i].Value.ToShape(fieldSets, slots));
            }

            return JsonShape.Object(slot, members);
        }

        private int Slot(List<string> fieldSets, Span<ulong> slots)
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

        private Node Member(string name)
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
