using System.Diagnostics;
using System.Reflection;
using System.Runtime.Loader;

namespace UsageCapture.Benchmarks.Comparison;

/// <summary>Loads a build of the core into this process, apart from all others, and creates handlers and sinks of it.</summary>
/// <remarks>
/// Builds have types of the same names, so each one gets a load context of its own. What the core depends on is not in that context;
/// all builds use the copies of this process.
/// </remarks>
internal sealed class LoadedBuild
{
    private readonly Type _sinkType;
    private readonly ConstructorInfo _handlerConstructor;

    /// <param name="path">The build's <c>UsageCapture.dll</c>, made with <c>-c Release</c>.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidOperationException">It is a debug build, or it lacks the expected types.</exception>
    public LoadedBuild(string path)
    {
        Assembly assembly = new AssemblyLoadContext(path).LoadFromAssemblyPath(path);
        if (assembly.GetCustomAttribute<DebuggableAttribute>() is { IsJITOptimizerDisabled: true })
        {
            throw new InvalidOperationException($"{path} is a debug build. Build it with -c Release; only release builds can be compared.");
        }

        _sinkType = GetType(assembly, typeof(InMemoryUsageSink));
        _handlerConstructor = FindConstructor(GetType(assembly, typeof(UsageCaptureHandler)), GetType(assembly, typeof(IUsageSink)));
    }

    /// <summary>Creates the build's <c>InMemoryUsageSink</c>.</summary>
    public object CreateSink() => Activator.CreateInstance(_sinkType)!;

    /// <summary>Creates the build's <c>UsageCaptureHandler</c> with the default of every optional parameter.</summary>
    /// <param name="sink">A sink from <see cref="CreateSink"/>.</param>
    /// <param name="inner">The handler that answers.</param>
    public DelegatingHandler CreateHandler(object sink, HttpMessageHandler inner)
    {
        IEnumerable<object?> defaults = _handlerConstructor.GetParameters().Skip(1).Select(parameter => parameter.DefaultValue);
        var handler = (DelegatingHandler)_handlerConstructor.Invoke([sink, .. defaults]);
        handler.InnerHandler = inner;
        return handler;
    }

    private static Type GetType(Assembly assembly, Type counterpart) =>
        assembly.GetType(counterpart.FullName!)
        ?? throw new InvalidOperationException($"{assembly.Location} has no type {counterpart.FullName}.");

    // Versions differ in the optional parameters, so that only the first one is looked for.
    private static ConstructorInfo FindConstructor(Type handler, Type sink) =>
        handler.GetConstructors().FirstOrDefault(constructor =>
            constructor.GetParameters() is [{ } first, .. var others]
            && first.ParameterType == sink
            && others.All(parameter => parameter.HasDefaultValue))
        ?? throw new InvalidOperationException($"{handler} has no constructor that needs only one {sink.Name}.");
}
