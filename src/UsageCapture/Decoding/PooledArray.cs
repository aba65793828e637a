using System.Buffers;

namespace UsageCapture.Decoding;

/// <summary>An array on loan from the shared pool, so that an exchange leaves little behind for the collector.</summary>
/// <remarks>A field of this type is given back once, by <see cref="Return"/>; until it is asked for more it is empty.</remarks>
internal struct PooledArray<T>
{
    private T[]? _items;

    /// <summary>Gets the items: at least as many as were asked for, and what they hold at first is anything.</summary>
    public readonly T[] Items => _items ?? [];

    /// <summary>Makes room for so many items, and keeps the first of those that are there.</summary>
    public void Fit(int length, int kept)
    {
        if (Items.Length < length)
        {
            T[] larger = ArrayPool<T>.Shared.Rent(length);
            Items.AsSpan(0, kept).CopyTo(larger);
            Return();
            _items = larger;
        }
    }

    public void Return()
    {
        if (_items is not null)
        {
            ArrayPool<T>.Shared.Return(_items);
            _items = null;
        }
    }
}
