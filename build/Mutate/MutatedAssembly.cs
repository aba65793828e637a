using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace UsageCapture.Mutate;

/// <summary>Compiles a package with all its mutants in one assembly, each behind a switch.</summary>
internal static class MutatedAssembly
{
    /// <summary>Writes the assembly and returns the mutants in it. Mutants that do not compile are left out.</summary>
    /// <param name="projectFolder">The folder of a project that is already built.</param>
    /// <param name="output">The path of the assembly.</param>
    public static List<Mutant> Write(string projectFolder, string output)
    {
        CSharpCompilation original = CreateCompilation(projectFolder);
        string written = Path.Combine(projectFolder, "obj"); // Sources that the build writes.
        SyntaxTree[] sources =
        [
            .. original.SyntaxTrees.Where(tree => Path.IsPathRooted(tree.FilePath) && !tree.FilePath.StartsWith(written, StringComparison.Ordinal)),
        ];

        var omitted = new HashSet<int>();
        while (true)
        {
            (CSharpCompilation mutated, List<Mutant> mutants) = Mutate(original, sources, projectFolder, omitted);
            Diagnostic[] errors = [.. mutated.GetDiagnostics().Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)];
            if (errors.Length == 0)
            {
                if (mutated.Emit(output) is { Success: false } result)
                {
                    throw new InvalidOperationException(string.Join(Environment.NewLine, result.Diagnostics));
                }

                Console.WriteLine($"{mutants.Count - omitted.Count} mutants; {omitted.Count} more do not compile.");
                return [.. mutants.Where(mutant => !omitted.Contains(mutant.Id))];
            }

            int before = omitted.Count;
            foreach (Diagnostic error in errors)
            {
                Omit(error, mutants, omitted);
            }

            if (omitted.Count == before)
            {
                throw new InvalidOperationException("Without mutants: " + errors[0]);
            }
        }
    }

    private static (CSharpCompilation Compilation, List<Mutant> Mutants) Mutate(
        CSharpCompilation original, SyntaxTree[] sources, string projectFolder, HashSet<int> omitted)
    {
        CSharpCompilation mutated = original;
        var mutants = new List<Mutant>();
        foreach (SyntaxTree source in sources)
        {
            string file = Path.GetRelativePath(projectFolder, source.FilePath).Replace('\\', '/');
            var mutator = new Mutator(
                original.GetSemanticModel(source), file.Contains('/', StringComparison.Ordinal) ? file : "Root/" + file, mutants.Count, omitted);
            SyntaxNode root = mutator.Visit(source.GetRoot())!;
            SyntaxTree tree = CSharpSyntaxTree.Create((CSharpSyntaxNode)root, (CSharpParseOptions)source.Options, source.FilePath);
            mutated = mutated.ReplaceSyntaxTree(source, tree);
            mutants.AddRange(mutator.Mutants);
        }

        var options = (CSharpParseOptions)sources[0].Options;
        return (mutated.AddSyntaxTrees(CSharpSyntaxTree.ParseText(MutantSwitch.GetSource(mutants.Count), options)), mutants);
    }

    // An error is in the code of one mutant, or around some, or elsewhere in a member that a removed statement has made wrong.
    private static void Omit(Diagnostic error, List<Mutant> mutants, HashSet<int> omitted)
    {
        if (error.Location.SourceTree is not { } tree)
        {
            return;
        }

        SyntaxNode node = tree.GetRoot().FindNode(error.Location.SourceSpan, getInnermostNodeForTie: true);
        int[] numbers = [.. node.AncestorsAndSelf().SelectMany(Numbers).Take(1)];
        if (numbers.Length == 0)
        {
            numbers = [.. node.DescendantNodes().SelectMany(Numbers)];
        }

        if (numbers.Length == 0 || node is MemberDeclarationSyntax)
        {
            SyntaxNode member = node.FirstAncestorOrSelf<MemberDeclarationSyntax>() ?? node;
            numbers = FindCause(error, [.. member.DescendantNodes().SelectMany(Numbers).Select(id => mutants[id])]);
        }

        omitted.UnionWith(numbers);
    }

    // For an error of a whole member: a variable is not assigned, or a path does not return. From the likely causes to all mutants there.
    private static int[] FindCause(Diagnostic error, Mutant[] mutants)
    {
        string name = Regex.Escape(error.GetMessage(CultureInfo.InvariantCulture).Split('\'').ElementAtOrDefault(1) ?? "");
        var assigns = new Regex(@$"\bout [^,)]*\b{name}\b|\b{name} =[^=]|[\w>}}?\]] {name}\b", RegexOptions.NonBacktracking);
        Func<Mutant, bool>[] causes =
        [
            mutant => mutant.IsRemoval && assigns.IsMatch(mutant.Original),
            mutant => assigns.IsMatch(mutant.Original),
            mutant => mutant.IsRemoval,
            _ => true,
        ];
        return causes
            .Select(isCause => mutants.Where(isCause).Select(mutant => mutant.Id).ToArray())
            .FirstOrDefault(found => found.Length > 0) ?? [];
    }

    private static IEnumerable<int> Numbers(SyntaxNode node) =>
        node.GetAnnotations(Mutator.Annotation).Select(annotation => int.Parse(annotation.Data!, CultureInfo.InvariantCulture));

    /// <summary>Makes the compilation that the build makes, with the sources that the generators write.</summary>
    private static CSharpCompilation CreateCompilation(string projectFolder)
    {
        CSharpCommandLineArguments arguments = CSharpCommandLineParser.Default.Parse(
            GetCompilerArguments(projectFolder), projectFolder, sdkDirectory: null);
        SyntaxTree[] trees =
        [
            .. arguments.SourceFiles.Select(file => CSharpSyntaxTree.ParseText(File.ReadAllText(file.Path), arguments.ParseOptions, file.Path)),
        ];
        CSharpCompilation compilation = CSharpCompilation.Create(
            arguments.CompilationName,
            trees,
            arguments.MetadataReferences.Select(reference => MetadataReference.CreateFromFile(reference.Reference, reference.Properties)),
            arguments.CompilationOptions
                .WithOptimizationLevel(OptimizationLevel.Release) // The switches make the tests slower; this makes them faster again.
                .WithGeneralDiagnosticOption(ReportDiagnostic.Default)
                .WithSpecificDiagnosticOptions([]));

        var loader = new AnalyzerLoader();
        ISourceGenerator[] generators =
        [
            .. arguments.AnalyzerReferences
                .SelectMany(reference => new AnalyzerFileReference(reference.FilePath, loader).GetGenerators(LanguageNames.CSharp)),
        ];
        CSharpGeneratorDriver.Create(generators, parseOptions: arguments.ParseOptions)
            .RunGeneratorsAndUpdateCompilation(compilation, out Compilation generated, out ImmutableArray<Diagnostic> problems);
        return problems.Any(problem => problem.Severity == DiagnosticSeverity.Error)
            ? throw new InvalidOperationException(string.Join(Environment.NewLine, problems))
            : (CSharpCompilation)generated;
    }

    private static IEnumerable<string> GetCompilerArguments(string projectFolder)
    {
        string[] msbuild =
        [
            "msbuild", projectFolder, "-t:Compile", "-p:ProvideCommandLineArgs=true", "-p:SkipCompilerExecution=true",
            "-p:BuildProjectReferences=false", "-getItem:CscCommandLineArgs",
            "-p:NonExistentFile=none", // A missing output, so that the compiler's step is not skipped as up to date.
        ];
        var start = new ProcessStartInfo("dotnet", msbuild) { RedirectStandardOutput = true, UseShellExecute = false };
        using Process process = Process.Start(start)!;
        using JsonDocument answer = JsonDocument.Parse(process.StandardOutput.ReadToEnd());
        return
        [
            .. answer.RootElement.GetProperty("Items").GetProperty("CscCommandLineArgs").EnumerateArray()
                .Select(item => item.GetProperty("Identity").GetString()!),
        ];
    }

    private sealed class AnalyzerLoader : IAnalyzerAssemblyLoader
    {
        public void AddDependencyLocation(string fullPath)
        {
            // The generators have no other dependencies than the compiler.
        }

        public System.Reflection.Assembly LoadFromPath(string fullPath) => System.Reflection.Assembly.LoadFrom(fullPath);
    }
}
