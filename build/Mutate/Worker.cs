using System.Collections.Concurrent;
using System.Globalization;
using System.Reflection;
using Xunit.Sdk;

namespace UsageCapture.Mutate;

/// <summary>The process in which mutants run. It reads a command from each line of its input and writes a line for each answer.</summary>
/// <remarks>
/// <c>cover FILE</c> runs all tests with all mutants off and writes the coverage: <c>done</c>.
/// <c>run MUTANT CLASS,ID CLASS,ID …</c> runs test cases and stops at the first failure: <c>passed 0</c> or <c>passed 1</c>, where 1 says that the
/// mutant was reached, or <c>failed ID</c>.
/// </remarks>
internal sealed class Worker(TestHost tests, MutantSwitch mutants)
{
    /// <param name="assembly">The name of the mutated assembly.</param>
    public static async Task ServeAsync(string assembly)
    {
        TextWriter output = Console.Out;
        Console.SetOut(TextWriter.Null); // Tests may write there.

        var mutants = new MutantSwitch(Assembly.Load(assembly));
        var tests = new TestHost(
            typeof(Tests.Conventions.RoomTests).Assembly,
            typeof(Testing.Tests.ReplayHandlerTests).Assembly,
            typeof(OpenAI.Tests.PlugTests).Assembly);
        var worker = new Worker(tests, mutants);
        await output.WriteLineAsync("ready");

        while (await Console.In.ReadLineAsync() is { } line)
        {
            string[] words = line.Split(' ');
            string answer = words[0] == "cover"
                ? await worker.CoverAsync(words[1])
                : await worker.RunAsync(int.Parse(words[1], CultureInfo.InvariantCulture), words[2..]);
            await output.WriteLineAsync(answer);
        }

        Environment.Exit(0); // Tests may have left threads.
    }

    private async Task<string> CoverAsync(string path)
    {
        await tests.FindAllAsync();
        var recorder = new CoverageRecorder(mutants);
        await tests.RunAsync(tests.Ids, recorder, isParallel: false);
        recorder.GetCoverage().Save(path);
        return "done";
    }

    private async Task<string> RunAsync(int mutant, string[] cases)
    {
        string[][] pairs = [.. cases.Select(item => item.Split(','))];
        await tests.FindAsync(pairs.Select(pair => pair[0]));

        var failures = new FailureListener();
        Array.Clear(mutants.Hits);
        mutants.Activate(mutant);
        await tests.RunAsync(pairs.Select(pair => pair[1]), failures, isParallel: true);
        mutants.Activate(MutantSwitch.None);
        return failures.First is { } failure ? "failed " + failure
            : mutant != MutantSwitch.None && mutants.Hits[mutant] != 0 ? "passed 1"
            : "passed 0";
    }

    private sealed class FailureListener : IMessageSink
    {
        private readonly ConcurrentQueue<string> _failed = new();

        public string? First => _failed.TryPeek(out string? id) ? id : null;

        public bool OnMessage(IMessageSinkMessage message)
        {
            if (message is ITestFailed failed)
            {
                _failed.Enqueue(failed.TestCaseUniqueID);
            }

            return _failed.IsEmpty;
        }
    }
}
