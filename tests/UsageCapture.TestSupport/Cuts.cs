namespace UsageCapture.TestSupport;

/// <summary>Where a body is cut into pieces: at these places, and every so many bytes where that is not zero.</summary>
internal readonly record struct Cuts(int Every, params int[] At)
{
    public static Cuts None { get; } = new(0);

    /// <summary>Gets where the piece ends that begins at a place.</summary>
    public int EndOfPiece(int start, int length)
    {
        int end = Every == 0 ? length : Math.Min(length, start + Every);
        foreach (int place in At)
        {
            if (place > start && place < end)
            {
                end = place;
            }
        }

        return end;
    }

    public static Cuts Random(Random random, int length)
    {
        // Many small pieces of a long body take most of the time: fewer of these.
        int small = length < 4000 || random.Next(5) == 0 ? 1 : 6;
        return random.Next(100) switch
        {
            < 15 => None,
            < 20 => new Cuts(small),
            < 30 => new Cuts(small * random.Next(2, 4)),
            < 40 => new Cuts(16),
            < 50 => new Cuts(1024),
            < 65 => new Cuts(random.Next(4, 400)),
            _ => new Cuts(0, [.. Enumerable.Range(0, random.Next(1, 12)).Select(_ => random.Next(length + 1)).Order()]),
        };
    }

    public override string ToString() => $"new Cuts({string.Join(", ", [Every, .. At])})";
}
