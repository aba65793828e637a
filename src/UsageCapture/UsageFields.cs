using UsageCapture.Decoding;

namespace UsageCapture;

/// <summary>The parts of an API's JSON documents that a <see cref="UsageReader"/> reads. The decoder skips everything else.</summary>
/// <remarks>
/// Make one for all readers of an API, in a static field, and add all fields before the first response is read. It is thread-safe and
/// immutable from then on.
/// </remarks>
public sealed class UsageFields
{
    private readonly UsageFields[] _parts;
    private readonly List<string[]> _paths = [];
    private readonly Lock _lock = new();
    private volatile Layout? _layout;

    /// <summary>Makes fields, with those of other readers among them.</summary>
    /// <param name="parts">
    /// The fields of readers that this reader hands documents to: <see cref="UsageDocument.View"/> shows a document as they read it.
    /// </param>
    public UsageFields(params UsageFields[] parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        _parts = [.. parts];
    }

    /// <summary>Gets what the decoder looks for.</summary>
    internal JsonShape Shape => Current.Shape;

    private Layout Current
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

    /// <summary>Adds a field.</summary>
    /// <param name="paths">
    /// Where its value stands: member names from the outermost on with dots between them, as in <c>usage</c> or <c>message.id</c>.
    /// <c>[]</c> behind a name enters an array, as in <c>choices[].finish_reason</c>; a path that ends with <c>[]</c> stands for the
    /// elements themselves. The value is kept whole, objects included; with <c>?</c> at the end only its presence is noted. Give several
    /// paths when the API has several names for the same value.
    /// </param>
    /// <returns>The handle with which <see cref="UsageDocument"/> gives the value.</returns>
    /// <exception cref="ArgumentException">A path is empty, more than eight levels deep, or stands twice or inside another one; the message names it.</exception>
    /// <exception cref="InvalidOperationException">A response has been read with these fields already.</exception>
    public UsageField Add(params string[] paths)
    {
        ArgumentNullException.ThrowIfNull(paths);
        lock (_lock)
        {
            if (_layout is not null)
            {
                throw new InvalidOperationException(
                    $"The field '{string.Join(", ", paths)}' comes too late: a response has been read with these fields. Add all fields where the UsageFields are made.");
            }

            _paths.Add([.. paths]);
            CheckPaths();
            return new UsageField(this, _paths.Count - 1);
        }
    }

    /// <summary>Gets, for each field of these or of a part, the set of the slots that its values have in documents of these fields.</summary>
    /// <exception cref="ArgumentException">The part is none.</exception>
    internal ulong[] SlotsOf(UsageFields part)
    {
        foreach ((UsageFields fields, ulong[] slots) in Current.Slots)
        {
            if (fields == part)
            {
                return slots;
            }
        }

        throw new ArgumentException("The document was not read with these fields. Give them to the constructor of the reader's UsageFields.", nameof(part));
    }

    /// <summary>Finds a mistake in a path where it is made, and not when the first response is read.</summary>
    private void CheckPaths()
    {
        try
        {
            var tree = new JsonPathTree();
            foreach (string path in _paths.SelectMany(paths => paths))
            {
                tree.Add(path, field: 0);
            }
        }
        catch (ArgumentException)
        {
            _paths.RemoveAt(_paths.Count - 1);
            throw;
        }
    }

    /// <summary>Adds these fields, and then their parts, to a flat list without repetition.</summary>
    private void CollectInto(List<UsageFields> all)
    {
        if (!all.Contains(this))
        {
            all.Add(this);
            foreach (UsageFields part in _parts)
            {
                part.CollectInto(all);
            }
        }
    }

    /// <summary>The shape of the documents, and the slots of these fields and of all parts, these first.</summary>
    private sealed record Layout(JsonShape Shape, (UsageFields Fields, ulong[] Slots)[] Slots)
    {
        public static Layout Create(UsageFields root)
        {
            List<UsageFields> all = [];
            root.CollectInto(all);
            var tree = new JsonPathTree();
            int count = 0;
            foreach (UsageFields fields in all)
            {
                for (int i = 0; i < fields._paths.Count; i++)
                {
                    foreach (string path in fields._paths[i])
                    {
                        tree.Add(path, count + i);
                    }
                }

                count += fields._paths.Count;
            }

            ulong[] slots = new ulong[count];
            JsonShape shape = tree.ToShape(slots);
            int start = 0;
            var bySource = new (UsageFields, ulong[])[all.Count];
            for (int i = 0; i < bySource.Length; i++)
            {
                int length = all[i]._paths.Count;
                bySource[i] = (all[i], slots[start..(start + length)]);
                start += length;
            }

            return new Layout(shape, bySource);
        }
    }
}
