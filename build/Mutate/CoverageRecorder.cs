using System.Diagnostics;
using Xunit.Sdk;

namespace UsageCapture.Mutate;

/// <summary>Records what each test case reaches. What is reached between two cases, in fixtures, counts for the next one.</summary>
internal sealed class CoverageRecorder(MutantSwitch mutants) : IMessageSink
{
    private readonly Coverage _coverage = new([], [], []);
    private string _name = "";
    private string _class = "";
    private string _method = "";
    private long _started;
    private bool _failed;

    public bool OnMessage(IMessageSinkMessage message)
    {
        switch (message)
        {
            case ITestCaseStarting starting:
                (_name, _class, _method) = (starting.TestCaseDisplayName, starting.TestClassName!, starting.TestMethodName!);
                (_started, _failed) = (Stopwatch.GetTimestamp(), false);
                break;
            case ITestFailed:
                _failed = true;
                break;
            case ITestCaseFinished finished:
                Add(finished.TestCaseUniqueID);
                break;
        }

        return true;
    }

    public Coverage GetCoverage()
    {
        _coverage.Static.UnionWith(GetNumbers(mutants.Static));
        return _coverage;
    }

    private void Add(string id)
    {
        if (_failed)
        {
            _coverage.Failed.Add(_name);
        }
        else
        {
            _coverage.Cases.Add(new CoveredCase(id, _class, _method, Stopwatch.GetElapsedTime(_started).TotalSeconds, GetNumbers(mutants.Hits)));
        }

        Array.Clear(mutants.Hits);
    }

    private static int[] GetNumbers(byte[] flags) => [.. Enumerable.Range(0, flags.Length).Where(id => flags[id] != 0)];
}
