using System.Buffers;

namespace UsageCapture.Decoding;

/// <summary>An array rented from the shared pool, so that a request and its response leave little work for the garbage collector.</summary>
/// <remarks>
/// The default value is empty and rents nothing. Call <see cref="EnsureCapacity"/> before each use, and <see cref="Return"/> at the end.
/// This struct is mutable: do not copy it, and store it in a field that is not readonly.
/// </remarks>
internal struct PooledArray<T>
{
    private T[]? _items;

    /// <summary>Gets the array. It may be longer than requested, and it is not cleared.</summary>
    public readonly T[] Items => _items ?? [];

    /// <summary>Rents a larger array if the current one is shorter than <paramref name="capacity"/>.</summary>
    /// <param name="capacity">How many items the array must have room for.</param>
    /// <param name="keptCount">How many items, from the first, are copied into a larger array.</param>
    public void EnsureCapacity(int capacity, int keptCount)
    {
        if (Items.Length < capacity)
        {
            T[] larger = ArrayPool<T>.Shared.Rent(capacity);
            Items.AsSpan(0, keptCount).CopyTo(larger);
            Return();
            _items = larger;
        }
    }

    /// <summary>Returns the array to the pool. A second call has no effect.</summary>
    public void Return()
    {
        if (_items is not null)
        {
            ArrayPool<T>.Shared.Return(_items);
            _items = null;
        }
    }
}
