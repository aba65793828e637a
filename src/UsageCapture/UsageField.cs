namespace UsageCapture;

/// <summary>Identifies a value of a JSON document, such as <c>usage</c>. Pass it to <see cref="UsageDocument"/> to get the value.</summary>
/// <remarks>
/// <see cref="UsageFields.Add"/> creates it. It belongs to that set of fields, and works only in documents that are read with that
/// set. A default value belongs to none and works nowhere. Immutable and thread-safe.
/// </remarks>
public readonly struct UsageField : IEquatable<UsageField>
{
    internal UsageField(UsageFields owner, int index)
    {
        Owner = owner;
        Index = index;
    }

    /// <summary>Gets the fields that this one was added to; null for a default value.</summary>
    internal UsageFields? Owner { get; }

    /// <summary>Gets the index of this field among the fields of its owner, counted from zero in the order in which they were added.</summary>
    internal int Index { get; }

    /// <summary>Returns whether two fields are the same.</summary>
    public static bool operator ==(UsageField left, UsageField right) => left.Equals(right);

    /// <summary>Returns whether two fields are different.</summary>
    public static bool operator !=(UsageField left, UsageField right) => !left.Equals(right);

    /// <summary>Returns whether two fields are the same: created by the same call of <see cref="UsageFields.Add"/>.</summary>
    public bool Equals(UsageField other) => Owner == other.Owner && Index == other.Index;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is UsageField other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Owner, Index);
}
