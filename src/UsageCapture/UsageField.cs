namespace UsageCapture;

/// <summary>A part of a JSON document that a <see cref="UsageReader"/> reads: a handle for <see cref="UsageDocument"/>.</summary>
/// <remarks><see cref="UsageFields.Add"/> makes it. Immutable and thread-safe.</remarks>
public readonly struct UsageField : IEquatable<UsageField>
{
    internal UsageField(UsageFields owner, int number)
    {
        Owner = owner;
        Number = number;
    }

    /// <summary>Gets the fields that this one is among; null for a default value.</summary>
    internal UsageFields? Owner { get; }

    /// <summary>Gets the place of the field among its owner's.</summary>
    internal int Number { get; }

    /// <summary>Compares two fields.</summary>
    public static bool operator ==(UsageField left, UsageField right) => left.Equals(right);

    /// <summary>Compares two fields.</summary>
    public static bool operator !=(UsageField left, UsageField right) => !left.Equals(right);

    /// <inheritdoc/>
    public bool Equals(UsageField other) => Owner == other.Owner && Number == other.Number;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is UsageField other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Owner, Number);
}
