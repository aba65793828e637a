using System.Reflection;
using Xunit;
using Xunit.Runner.Common;
using Xunit.Sdk;
using Xunit.v3;

namespace UsageCapture.Mutate;

/// <summary>Runs chosen test cases inside this process, as often as wanted.</summary>
internal sealed class TestHost : IMessageSink
{
    private readonly Assembly _tests;
    private readonly InProcessFrontController _controller;
    private readonly HashSet<string> _foundClasses = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ITestCase> _cases = new(StringComparer.Ordinal);
    private IMessageSink? _listener;

    public TestHost(Assembly tests)
    {
        _tests = tests;
        TestContext.SetForInitialization(this, diagnosticMessages: false, internalDiagnosticMessages: false);
        _controller = new InProcessFrontController(ExtensibilityPointFactory.GetTestFramework(tests), tests, configFilePath: null);
    }

    public IReadOnlyCollection<string> Ids => _cases.Keys;

    /// <summary>Finds all test cases. This takes some seconds.</summary>
    public Task FindAllAsync() => FindAsync(types: null);

    /// <summary>Finds the test cases of classes, unless they are found already.</summary>
    public async Task FindAsync(IEnumerable<string> classes)
    {
        Type[] types = [.. classes.Where(_foundClasses.Add).Select(name => _tests.GetType(name, throwOnError: true)!)];
        if (types.Length > 0)
        {
            await FindAsync(types);
        }
    }

    private async Task FindAsync(Type[]? types)
    {
        ITestFrameworkDiscoveryOptions options = TestFrameworkOptions.ForDiscovery(new TestAssemblyConfiguration());
        options.SetPreEnumerateTheories(true);
        using var cancellation = new CancellationTokenSource();
        await _controller.Find(this, options, _ => true, cancellation, types, (testCase, _) =>
        {
            _cases[testCase.UniqueID] = testCase;
            return ValueTask.FromResult(true);
        });
    }

    /// <summary>Runs test cases. Ids that were not found are left out.</summary>
    /// <param name="ids">The cases.</param>
    /// <param name="listener">Gets the messages of the run; it returns false to stop the run.</param>
    /// <param name="isParallel">False to run one case after the other.</param>
    public async Task RunAsync(IEnumerable<string> ids, IMessageSink listener, bool isParallel)
    {
        ITestFrameworkExecutionOptions options = TestFrameworkOptions.ForExecution(new TestAssemblyConfiguration());
        options.SetSynchronousMessageReporting(true);
        options.SetDisableParallelization(!isParallel);
        _listener = listener;
        using var cancellation = new CancellationTokenSource();
        await _controller.Run(this, options, [.. ids.Where(_cases.ContainsKey).Select(id => _cases[id])], cancellation);
        _listener = null;
    }

    bool IMessageSink.OnMessage(IMessageSinkMessage message) => _listener?.OnMessage(message) ?? true;
}
