namespace UsageCapture.Exchanges;

/// <summary>Knows whether anybody has put anything of ours among a request's options: a request makes them when it is asked for them.</summary>
internal static class RequestOptions
{
    private static volatile bool _areUsed;

    /// <summary>Gets or sets whether it is worth asking.</summary>
    public static bool AreUsed
    {
        get => _areUsed;
        set => _areUsed |= value;
    }
}
