using UsageCapture.Decoding;

namespace UsageCapture;

/// <summary>The parts of an API's JSON documents that a <see cref="UsageReader"/> looks at. Everything else is passed over unread.</summary>
/// <remarks>Immutable and thread-safe: make one for all readers of an API.</remarks>
public sealed class UsageFields
{
    private readonly string[] _paths;

    /// <summary>Names the parts.</summary>
    /// <param name="paths">
    /// A path each: the names of members from the outermost on with dots between them, and <c>[]</c> behind the name of an array whose
    /// elements are looked into, as in <c>choices[].finish_reason</c>. A value is kept whole, objects included.
    /// </param>
    /// <exception cref="ArgumentException">A path is empty, more than eight levels deep, or stands twice or inside another one; the message names it.</exception>
    public UsageFields(params string[] paths)
    {
        ArgumentNullException.ThrowIfNull(paths);
        _paths = [.. paths];
        var tree = new Node();
        for (int slot = 0; slot < _paths.Length; slot++)
        {
            tree.Add(_paths[slot], slot);
        }

        Shape = tree.ToShape();
    }

    internal UsageFields(JsonShape shape)
    {
        _paths = [];
        Shape = shape;
    }

    internal JsonShape Shape { get; }

    /// <summary>Finds the slot of a path; the rest of the path when only its beginning is a field.</summary>
    internal int Find(string path, out string rest)
    {
        for (int slot = 0; slot < _paths.Length; slot++)
        {
            string field = _paths[slot];
            if (path.StartsWith(field, StringComparison.Ordinal) && (path.Length == field.Length || path[field.Length] == '.'))
            {
                rest = path.Length == field.Length ? "" : path[(field.Length + 1)..];
                return slot;
            }
        }

        throw new ArgumentException($"'{path}' is not among the fields: {string.Join(", ", _paths)}.", nameof(path));
    }

    private sealed class Node
    {
        private readonly List<(string Name, Node Value)> _members = [];
        private Node? _element;
        private int _slot = JsonShape.NoSlot;

        private bool IsInner => _members.Count > 0 || _element is not null;

        public void Add(string path, int slot)
        {
            Node node = this;
            if (path.Split('.').Length + path.Count('[') > JsonScanner.MaxDepth)
            {
                throw new ArgumentException($"The path '{path}' is too deep to be a field: it may have {JsonScanner.MaxDepth} levels.", nameof(path));
            }

            foreach (string part in path.Split('.'))
            {
                string name = part.TrimEnd('[', ']');
                node = name.Length > 0 && node._slot == JsonShape.NoSlot && node._element is null ? node.Member(name) : throw Misplaced(path);
                for (int array = name.Length; array < part.Length; array += "[]".Length)
                {
                    node = part[array..].StartsWith("[]", StringComparison.Ordinal) && node._slot == JsonShape.NoSlot && node._members.Count == 0
                        ? node._element ??= new Node()
                        : throw Misplaced(path);
                }
            }

            node._slot = node._slot == JsonShape.NoSlot && !node.IsInner ? slot : throw Misplaced(path);
        }

        public JsonShape ToShape() =>
            _slot != JsonShape.NoSlot ? JsonShape.Text(_slot)
            : _element is not null ? JsonShape.Array(_element.ToShape())
            : JsonShape.Object([.. _members.Select(member => (member.Name, member.Value.ToShape()))]);

        private static ArgumentException Misplaced(string path) =>
            new($"The path '{path}' cannot be a field: it is empty, stands twice, or is part of another field. Name each value once.", nameof(path));

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
