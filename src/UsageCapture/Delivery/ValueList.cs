using System.Collections;

namespace UsageCapture.Delivery;

/// <summary>An immutable list that is equal to another one when both have equal items in the same order.</summary>
/// <remarks>The lists of a <see cref="UsageRecord"/> are of this type, so that records can be compared with <c>==</c>.</remarks>
internal sealed class ValueList<T> : IReadOnlyList<T>
    where T : class
{
    public static readonly ValueList<T> Empty = new(items: []);

    // Most lists have one item, such as one finish reason. It is stored in this field without an array, and _items is null then.
    private readonly T? _singleItem;
    private readonly T[]? _items;

    /// <summary>Creates a list of one item, which must not be null.</summary>
    public ValueList(T singleItem) => _singleItem = singleItem;

    private ValueList(T[] items) => _items = items;

    public int Count => _items?.Length ?? 1;

    public T this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
            return _items is null ? _singleItem! : _items[index];
        }
    }

    /// <summary>Copies a list. Empty lists and lists of this type are not copied.</summary>
    /// <param name="list">The list; null counts as empty.</param>
    /// <exception cref="ArgumentException">An item is null.</exception>
    public static ValueList<T> From(IReadOnlyList<T>? list)
    {
        switch (list)
        {
            case ValueList<T> valueList:
                return valueList;
            case null or { Count: 0 }:
                return Empty;
        }

        T[] items = [.. list];
        int nullIndex = Array.FindIndex(items, static item => item is null);
        if (nullIndex >= 0)
        {
            throw new ArgumentException($"The item at index {nullIndex} is null. Leave it out of the list.", nameof(list));
        }

        return items is [var singleItem] ? new ValueList<T>(singleItem) : new ValueList<T>(items);
    }

    public IEnumerator<T> GetEnumerator()
    {
        for (int i = 0; i < Count; i++)
        {
            yield return this[i];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public override bool Equals(object? obj) => obj is ValueList<T> other && this.SequenceEqual(other);

    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (T item in this)
        {
            hash.Add(item);
        }

        return hash.ToHashCode();
    }

    public override string ToString() => $"[{string.Join(", ", this)}]";
}
