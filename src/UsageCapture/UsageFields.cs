using UsageCapture.Decoding;

namespace UsageCapture;

/// <summary>The values in an API's JSON documents that a <see cref="UsageReader"/> reads. The decoder skips everything else.</summary>
/// <remarks>
/// <para>
/// Create one for all readers of an API and keep it in a static field, with the fields after it, because initializers run from top to
/// bottom:
/// </para>
/// <code>
/// private static readonly UsageFields EventFields = new();
/// private static readonly UsageField Model = EventFields.Add("model");
/// private static readonly UsageField StopReason = EventFields.Add("choices[].finish_reason");
/// </code>
/// <para>
/// Add all fields before the first response is read. After that, no field can be added, neither here nor to a part. Together with their
/// parts, the fields may name at most 64 different values, because a set of values is a 64-bit number. More throw an
/// <see cref="InvalidOperationException"/> when the first response is read, because the parts may be complete only then. Thread-safe.
/// </para>
/// </remarks>
public sealed class UsageFields
{
    private readonly UsageFields[] _parts;

    // The paths of each field, by its index. Several paths of one field are alternative names of its value.
    private readonly List<string[]> _paths = [];
    private readonly Lock _lock = new();

    // Whether a response was read with these fields, or with fields of which these are a part. From then on, no field can be added.
    private bool _isClosed;

    // Null until the first response is read with these fields.
    private volatile Layout? _layout;

    /// <summary>Creates fields, which may include the fields of other readers.</summary>
    /// <param name="parts">
    /// The fields of the readers to which this reader passes its documents, with <see cref="UsageDocument.View"/>; none for most readers.
    /// </param>
    /// <exception cref="ArgumentNullException"><paramref name="parts"/> is null.</exception>
    public UsageFields(params UsageFields[] parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        _parts = [.. parts];
    }

    /// <summary>Gets the paths that the decoder looks for, with those of all parts.</summary>
    internal JsonShape Shape => CurrentLayout.Shape;

    // The first use closes these fields and their parts.
    private Layout CurrentLayout
    {
        get
        {
            if (_layout is { } layout)
            {
                return layout;
            }

            lock (_lock)
            {
                return _layout ??= Layout.Create(this);
            }
        }
    }

    /// <summary>Adds a field: a value that the reader reads.</summary>
    /// <param name="paths">
    /// The path of the value; several paths when the API has several names for it. A path has the names of members with dots between
    /// them, the outermost first:
    /// <list type="bullet">
    /// <item><description><c>usage</c>, <c>message.id</c>: the whole value, also when it is an object.</description></item>
    /// <item><description><c>choices[].finish_reason</c>: a value in each element of an array.</description></item>
    /// <item><description><c>choices[]</c>: the elements themselves, for <see cref="UsageDocument.Each"/>. Only their presence is kept.</description></item>
    /// <item><description><c>text?</c>: only whether the value is present, for <see cref="UsageDocument.Has"/>. Its text may be of any length.</description></item>
    /// </list>
    /// </param>
    /// <returns>The field. Pass it to <see cref="UsageDocument"/> to get the value.</returns>
    /// <exception cref="ArgumentException">
    /// A path is empty, has more than eight levels or a name of more than 192 bytes, was added here before, or is inside a value that another
    /// path keeps whole. The message names the path. The field is not added. A part may have the same path.
    /// </exception>
    /// <exception cref="InvalidOperationException">A response has been read with these fields already.</exception>
    public UsageField Add(params string[] paths)
    {
        ArgumentNullException.ThrowIfNull(paths);
        lock (_lock)
        {
            if (_isClosed)
            {
                throw new InvalidOperationException(
                    $"The field '{string.Join(", ", paths)}' comes too late: a response has been read with these fields. Add all fields where the UsageFields are made.");
            }

            _paths.Add([.. paths]);
            try
            {
                CheckPaths();
            }
            catch (ArgumentException)
            {
                _paths.RemoveAt(_paths.Count - 1);
                throw;
            }

            return new UsageField(this, _paths.Count - 1);
        }
    }

    /// <summary>Gets the slots of these fields or of one of their parts, in documents that are decoded with these fields.</summary>
    /// <param name="part">These fields, or a part that was passed to the constructor.</param>
    /// <returns>For each field, by its index, a bit set of slots. A slot is the number under which the decoder captures the values of one path.</returns>
    /// <exception cref="ArgumentException">The fields are neither these nor one of their parts.</exception>
    internal ulong[] GetSlotsByField(UsageFields part)
    {
        foreach ((UsageFields fields, ulong[] slotsByField) in CurrentLayout.Parts)
        {
            if (fields == part)
            {
                return slotsByField;
            }
        }

        throw new ArgumentException("The document was not read with these fields. Give them to the constructor of the reader's UsageFields.", nameof(part));
    }

    /// <summary>Throws when a path is wrong. Without this check, only the first response would show the mistake.</summary>
    private void CheckPaths()
    {
        var tree = new JsonPathTree();
        foreach (string path in _paths.SelectMany(paths => paths))
        {
            tree.Add(path, field: 0); // One number for all fields, so that the tree refuses a path that occurs twice.
        }
    }

    /// <summary>Closes these fields and all their parts, and adds each of them to a list once, these fields first.</summary>
    private void CloseAndCollect(List<UsageFields> all)
    {
        if (!all.Contains(this))
        {
            // The locks are taken from the whole to its parts. A part is older than its whole, so the order has no cycle.
            lock (_lock)
            {
                _isClosed = true;
            }

            all.Add(this);
            foreach (UsageFields part in _parts)
            {
                part.CloseAndCollect(all);
            }
        }
    }

    /// <summary>How documents are decoded for some fields and all their parts.</summary>
    /// <param name="Shape">The paths that the decoder looks for.</param>
    /// <param name="Parts">The fields themselves, and then each of their parts, with the sets of slots by the index of a field.</param>
    private sealed record Layout(JsonShape Shape, (UsageFields Fields, ulong[] SlotsByField)[] Parts)
    {
        public static Layout Create(UsageFields root)
        {
            List<UsageFields> all = [];
            root.CloseAndCollect(all);

            // In the tree, the fields of all parts are numbered one after another.
            var tree = new JsonPathTree();
            int fieldCount = 0;
            foreach (UsageFields fields in all)
            {
                foreach (string[] paths in fields._paths)
                {
                    foreach (string path in paths)
                    {
                        tree.Add(path, fieldCount);
                    }

                    fieldCount++;
                }
            }

            ulong[] slots = new ulong[fieldCount];
            JsonShape shape = tree.ToShape(slots);

            // Cut the slots of all fields into those of each UsageFields.
            int firstField = 0;
            var parts = new (UsageFields, ulong[])[all.Count];
            for (int i = 0; i < parts.Length; i++)
            {
                int nextField = firstField + all[i]._paths.Count;
                parts[i] = (all[i], slots[firstField..nextField]);
                firstField = nextField;
            }

            return new Layout(shape, parts);
        }
    }
}
