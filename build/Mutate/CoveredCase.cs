namespace UsageCapture.Mutate;

/// <summary>One test case, such as one row of a theory.</summary>
/// <param name="Id">The test framework's id.</param>
/// <param name="Class">The full name of the class.</param>
/// <param name="Method">The name of the method.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="Mutants">The mutants that it reached, in ascending order.</param>
internal sealed record CoveredCase(string Id, string Class, string Method, double Seconds, int[] Mutants)
{
    public string FullMethod => $"{Class}.{Method}";

    /// <summary>Gets whether the case is in a class whose name begins with a text.</summary>
    public bool IsOf(string start) => Class.AsSpan(Class.LastIndexOf('.') + 1).StartsWith(start, StringComparison.Ordinal);
}
