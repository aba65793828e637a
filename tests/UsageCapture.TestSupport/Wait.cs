namespace UsageCapture.TestSupport;

/// <summary>Waits for what another thread does and does not signal.</summary>
internal static class Wait
{
    /// <summary>Waits until a condition is true.</summary>
    /// <exception cref="OperationCanceledException">The test has reached its time limit.</exception>
    public static void Until(Func<bool> condition)
    {
        CancellationToken token = TestContext.Current.CancellationToken;
        SpinWait.SpinUntil(() => token.IsCancellationRequested || condition());
        token.ThrowIfCancellationRequested();
    }
}
