using BenchmarkDotNet.Attributes;
using UsageCapture.Benchmarks.Bodies;
using UsageCapture.Benchmarks.Contenders;

namespace UsageCapture.Benchmarks;

/// <summary>Everything that can be done with a response, in every situation; one operation is one response.</summary>
[MemoryDiagnoser]
public class ResponseBenchmarks
{
    private Trial? _trial;
    private IContender? _contender;

    public static IEnumerable<string> Names =>
        from situation in Situations.CreateSmall()
        from reads in situation.SizesOfReads
        from name in NamesIn(situation, reads)
        select Name(situation, reads, name);

    /// <summary>Gets or sets the situation, the size of the reads and the contender.</summary>
    [ParamsSource(nameof(Names))]
    public string Case { get; set; } = "";

    [GlobalSetup]
    public void SetUp()
    {
        (_trial, _contender) = (
            from situation in Situations.Create()
            from reads in situation.SizesOfReads
            from name in NamesIn(situation, reads)
            where Name(situation, reads, name) == Case
            let trial = new Trial(situation, reads)
            select (trial, trial.All.First(one => one.Name == name).Contender)).First();
    }

    [GlobalCleanup]
    public void CleanUp() => _trial?.Dispose();

    [Benchmark]
    public ValueTask<long> Response() => _contender!.RunAsync();

    private static string Name(Situation situation, Reads reads, string contender) => $"{situation.Name}, {reads.Name}, {contender}";

    private static string[] NamesIn(Situation situation, Reads reads)
    {
        using var trial = new Trial(situation, reads);
        return [.. trial.All.Select(one => one.Name)];
    }
}
