using System.Reflection;
using Xunit;
using Xunit.Runner.Common;
using Xunit.Sdk;
using Xunit.v3;

namespace UsageCapture.Mutate;

/// <summary>Runs chosen test cases of some assemblies inside this process, as often as wanted.</summary>
internal sealed class TestHost : IMessageSink
{
    private readonly Dictionary<Assembly, InProcessFrontController> _controllers = [];
    private readonly HashSet<string> _foundClasses = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (Assembly Assembly, ITestCase Case)> _cases = new(StringComparer.Ordinal);
    private IMessageSink? _listener;
    private bool _isStopped;

    /// <param name="assemblies">The assemblies with the tests. No two of them have a class of the same full name.</param>
    public TestHost(params Assembly[] assemblies)
    {
        TestContext.SetForInitialization(this, diagnosticMessages: false, internalDiagnosticMessages: false);
        foreach (Assembly assembly in assemblies)
        {
            _controllers[assembly] = new InProcessFrontController(
                ExtensibilityPointFactory.GetTestFramework(assembly), assembly, configFilePath: null);
        }
    }

    public IReadOnlyCollection<string> Ids => _cases.Keys;

    /// <summary>Finds all test cases. This takes some seconds.</summary>
    public async Task FindAllAsync()
    {
        foreach (Assembly assembly in _controllers.Keys)
        {
            await FindAsync(assembly, types: null);
        }
    }

    /// <summary>Finds the test cases of classes, unless they are found already.</summary>
    public async Task FindAsync(IEnumerable<string> classes)
    {
        foreach (var types in classes.Where(_foundClasses.Add).Select(GetClass).GroupBy(type => type.Assembly))
        {
            await FindAsync(types.Key, [.. types]);
        }
    }

    private Type GetClass(string name) => _controllers.Keys.Select(assembly => assembly.GetType(name)).First(type => type is not null)!;

    private async Task FindAsync(Assembly assembly, Type[]? types)
    {
        ITestFrameworkDiscoveryOptions options = TestFrameworkOptions.ForDiscovery(new TestAssemblyConfiguration());
        options.SetPreEnumerateTheories(true);
        using var cancellation = new CancellationTokenSource();
        await _controllers[assembly].Find(this, options, _ => true, cancellation, types, (testCase, _) =>
        {
            _cases[testCase.UniqueID] = (assembly, testCase);
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
        _isStopped = false;
        foreach (var cases in ids.Where(_cases.ContainsKey).Select(id => _cases[id]).GroupBy(item => item.Assembly, item => item.Case))
        {
            using var cancellation = new CancellationTokenSource();
            await _controllers[cases.Key].Run(this, options, [.. cases], cancellation);
            if (_isStopped)
            {
                break;
            }
        }

        _listener = null;
    }

    bool IMessageSink.OnMessage(IMessageSinkMessage message)
    {
        bool continues = _listener?.OnMessage(message) ?? true;
        _isStopped |= !continues;
        return continues;
    }
}
