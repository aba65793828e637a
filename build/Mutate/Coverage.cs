namespace UsageCapture.Mutate;

/// <summary>Which test cases reach which mutants, and how long each case takes. Made by one run of all tests, one after the other.</summary>
/// <param name="Cases">The cases that pass while all mutants are off.</param>
/// <param name="Failed">The names of the cases that do not, for example because the assembly has a class more. They are not used.</param>
/// <param name="Static">The mutants that a static constructor reaches.</param>
internal sealed record Coverage(List<CoveredCase> Cases, List<string> Failed, HashSet<int> Static)
{
    public void Save(string path)
    {
        using var writer = new BinaryWriter(File.Create(path));
        writer.Write(Cases.Count);
        foreach (CoveredCase item in Cases)
        {
            writer.Write(item.Id);
            writer.Write(item.Class);
            writer.Write(item.Method);
            writer.Write(item.Seconds);
            WriteNumbers(writer, item.Mutants);
        }

        writer.Write(Failed.Count);
        Failed.ForEach(writer.Write);
        WriteNumbers(writer, [.. Static]);
    }

    public static Coverage Load(string path)
    {
        using var reader = new BinaryReader(File.OpenRead(path));
        var cases = new CoveredCase[reader.ReadInt32()];
        for (int i = 0; i < cases.Length; i++)
        {
            cases[i] = new CoveredCase(reader.ReadString(), reader.ReadString(), reader.ReadString(), reader.ReadDouble(), ReadNumbers(reader));
        }

        var failed = new string[reader.ReadInt32()];
        for (int i = 0; i < failed.Length; i++)
        {
            failed[i] = reader.ReadString();
        }

        return new Coverage([.. cases], [.. failed], [.. ReadNumbers(reader)]);
    }

    /// <summary>Returns the cases that reach any of the mutants.</summary>
    /// <param name="mutants">The mutants' ids.</param>
    /// <param name="testClass">The start of the names of the test classes that are for these mutants, such as <c>TokenUsage</c>.</param>
    /// <remarks>First those of the classes that are for these mutants; then the cheapest case of each method, the second of each, and so on.</remarks>
    public List<CoveredCase> GetCases(IReadOnlyCollection<int> mutants, string testClass) =>
    [
        .. Cases
            .Where(item => mutants.Any(mutant => Array.BinarySearch(item.Mutants, mutant) >= 0))
            .GroupBy(item => item.FullMethod, StringComparer.Ordinal)
            .SelectMany(method => method.OrderBy(item => item.Seconds).Select((item, round) => (item, round)))
            .OrderBy(entry => !entry.item.IsOf(testClass))
            .ThenBy(entry => entry.round)
            .ThenBy(entry => entry.item.Seconds)
            .Select(entry => entry.item),
    ];

    private static void WriteNumbers(BinaryWriter writer, int[] numbers)
    {
        writer.Write(numbers.Length);
        Array.ForEach(numbers, writer.Write);
    }

    private static int[] ReadNumbers(BinaryReader reader)
    {
        int[] numbers = new int[reader.ReadInt32()];
        for (int i = 0; i < numbers.Length; i++)
        {
            numbers[i] = reader.ReadInt32();
        }

        return numbers;
    }
}
