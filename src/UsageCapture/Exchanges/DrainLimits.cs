namespace UsageCapture.Exchanges;

/// <summary>Limits for draining: reading the rest of a response in the background, after its caller has left it, to find its usage.</summary>
/// <param name="Timeout">The longest time to read one response; zero turns draining off. Never negative or infinite.</param>
/// <param name="MaxBytes">The most bytes to read of one response. After them, reading stops and the record gets the counts that were read so far.</param>
/// <param name="IncludeUnfinished">
/// Whether to drain also while the model still generates one of the answers (choices). The server then goes on generating, and bills tokens
/// that the caller does not read.
/// </param>
/// <param name="MaxConcurrentDrains">The most responses that are drained at the same time.</param>
internal readonly record struct DrainLimits(TimeSpan Timeout, int MaxBytes, bool IncludeUnfinished, int MaxConcurrentDrains)
{
    // A server sends an error with its headers, or right after them. Most errors have a few hundred bytes. One that lists every invalid
    // field of a request has some thousands.
    private static readonly TimeSpan MaxErrorTimeout = TimeSpan.FromSeconds(1);
    private const int MaxErrorBytes = 16 * 1024;

    /// <summary>Gets the limits for reading the error of a rejected response. They are never larger than these limits.</summary>
    public DrainLimits ForErrors => this with
    {
        Timeout = Timeout < MaxErrorTimeout ? Timeout : MaxErrorTimeout,
        MaxBytes = Math.Min(MaxBytes, MaxErrorBytes),
    };
}
