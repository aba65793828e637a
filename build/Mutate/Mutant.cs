using Microsoft.CodeAnalysis.Text;

namespace UsageCapture.Mutate;

/// <summary>One small change of the source.</summary>
/// <param name="Id">Its number in the mutated assembly.</param>
/// <param name="File">The source file, with slashes, below the package's folder. A file of that folder itself is below <c>Root/</c>.</param>
/// <param name="Line">The line, from 1.</param>
/// <param name="Original">The changed source in one line.</param>
/// <param name="Mutated">What replaces it.</param>
/// <param name="Member">The place of the member with the change, to leave out its mutants together.</param>
/// <param name="IsRemoval">True if a statement is removed. The rest of a member often does not compile without a statement.</param>
internal sealed record Mutant(int Id, string File, int Line, string Original, string Mutated, TextSpan Member, bool IsRemoval)
{
    public override string ToString() => $"{File}:{Line}  {Original}  →  {Mutated}";
}
