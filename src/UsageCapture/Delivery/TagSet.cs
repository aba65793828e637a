using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace UsageCapture.Delivery;

/// <summary>Immutable tags: values by name. Two sets are equal when they have the same names with the same values, in any order.</summary>
/// <remarks>Names are case-sensitive. <see cref="UsageRecord.Tags"/> are of this type, so that records can be compared with <c>==</c>.</remarks>
internal sealed class TagSet : IReadOnlyDictionary<string, string>
{
    public static readonly TagSet Empty = new([]);

    private readonly Dictionary<string, string> _tags;

    private TagSet(Dictionary<string, string> tags) => _tags = tags;

    public int Count => _tags.Count;

    public IEnumerable<string> Keys => _tags.Keys;

    public IEnumerable<string> Values => _tags.Values;

    public string this[string key] => _tags[key];

    /// <summary>Copies tags. Empty tags and tags of this type are not copied.</summary>
    /// <param name="tags">The tags; null counts as empty.</param>
    public static TagSet From(IReadOnlyDictionary<string, string>? tags) => tags switch
    {
        TagSet tagSet => tagSet,
        null or { Count: 0 } => Empty,
        _ => new TagSet(new Dictionary<string, string>(tags, StringComparer.Ordinal)),
    };

    /// <summary>Creates a set with the tags of both sets. For a name that both have, the value of the other set counts.</summary>
    public TagSet With(TagSet tags)
    {
        if (Count == 0)
        {
            return tags;
        }

        if (tags.Count == 0)
        {
            return this;
        }

        var merged = new Dictionary<string, string>(_tags, StringComparer.Ordinal);
        foreach ((string name, string value) in tags)
        {
            merged[name] = value;
        }

        return new TagSet(merged);
    }

    /// <summary>Creates a set with more tags. For a name that is already present, or comes twice, the last value counts.</summary>
    /// <exception cref="ArgumentException">A name or a value is null.</exception>
    public TagSet With(ReadOnlySpan<(string Name, string Value)> tags)
    {
        if (tags.IsEmpty)
        {
            return this;
        }

        var merged = new Dictionary<string, string>(_tags, StringComparer.Ordinal);
        foreach ((string? name, string? value) in tags)
        {
            if (name is null || value is null)
            {
                throw new ArgumentException(
                    name is null
                        ? $"A tag with the value '{value}' has no name. Give every tag a name."
                        : $"The tag '{name}' has no value. Leave the tag out, or give it an empty text.",
                    nameof(tags));
            }

            merged[name] = value;
        }

        return new TagSet(merged);
    }

    public bool ContainsKey(string key) => _tags.ContainsKey(key);

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out string value) => _tags.TryGetValue(key, out value);

    public IEnumerator<KeyValuePair<string, string>> GetEnumerator() => _tags.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public override bool Equals(object? obj) =>
        obj is TagSet other
        && other.Count == Count
        && _tags.All(tag => other.TryGetValue(tag.Key, out string? value) && value == tag.Value);

    public override int GetHashCode()
    {
        // A sum does not depend on the order of the tags.
        int hash = 0;
        foreach ((string name, string value) in _tags)
        {
            hash = unchecked(hash + HashCode.Combine(name, value));
        }

        return hash;
    }

    public override string ToString() => $"[{string.Join(", ", _tags.Select(tag => $"{tag.Key}={tag.Value}"))}]";
}
