using System.ClientModel.Primitives;
using System.Net.Http.Headers;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using RichardSzalay.MockHttp;
using UsageCapture.Testing;
using UsageCapture.Tests.Documentation;

namespace UsageCapture.Tests.Conventions;

/// <summary>A public method names the argument that must not be null.</summary>
public sealed class NullArgumentTests
{
    private static readonly NullabilityInfoContext Nullability = new();

    private static readonly UsageFields Fields = new();

    private static readonly Dictionary<Type, Func<object>> Samples = new()
    {
        [typeof(IHttpClientFactory)] = () => new ServiceCollection().AddHttpClient().BuildServiceProvider().GetRequiredService<IHttpClientFactory>(),
        [typeof(UsageFields)] = () => Fields,
        [typeof(string)] = () => "text",
        [typeof(Exception)] = () => new InvalidOperationException(),
        [typeof(Assembly)] = () => typeof(NullArgumentTests).Assembly,
        [typeof(TimeProvider)] = () => TimeProvider.System,
        [typeof(HttpResponseHeaders)] = () => new HttpResponseMessage().Headers,
        [typeof(IServiceCollection)] = () => new ServiceCollection(),
        [typeof(IUsageSink)] = () => new InMemoryUsageSink(),
        [typeof(LoggingUsageSink)] = () => new LoggingUsageSink(NullLogger<LoggingUsageSink>.Instance),
        [typeof(BufferedUsageSink)] = () => new BufferedUsageSink(new InMemoryUsageSink()),
        [typeof(UsageProvider)] = () => new ReadmeTests.AcmeProvider(),
        [typeof(UsageReport)] = () => new UsageReport(new ReadmeTests.AcmeReader()),
        [typeof(UsageReader)] = () => new ReadmeTests.AcmeReader(),
        [typeof(UsageRecord)] = () => RandomRecord.Create(seed: 1),
        [typeof(ChatStream)] = () => ChatStream.Create("model"),
        [typeof(MessagesStream)] = () => MessagesStream.Create("model"),
        [typeof(GeminiStream)] = () => GeminiStream.Create("model"),
        [typeof(ResponsesStream)] = () => ResponsesStream.Create("model"),
        [typeof(WitnessHandler)] = () => new WitnessHandler(),
        [typeof(Recording)] = () => ChatStream.Create("model").ToRecording("sample"),
        [typeof(IEnumerable<Recording>)] = () => Array.Empty<Recording>(),
        [typeof(RequestMatch)] = () => RequestMatch.Any,
        [typeof(MockedRequest)] = () => new MockHttpMessageHandler().When("*"),
        [typeof(Action<UsageCaptureOptions>)] = () => new Action<UsageCaptureOptions>(_ => { }),
        [typeof(Action<BufferedUsageSinkOptions>)] = () => new Action<BufferedUsageSinkOptions>(_ => { }),
    };

    public static TheoryData<string> Parameters()
    {
        var rows = new TheoryData<string>();
        foreach ((MethodBase method, ParameterInfo parameter) in FindParameters())
        {
            rows.Add(NameOf(method, parameter));
        }

        return rows;
    }

    [Theory]
    [MemberData(nameof(Parameters))]
    public void ArgumentThatIsNull_IsNamed(string name)
    {
        (MethodBase method, ParameterInfo parameter) = FindParameters().Single(pair => NameOf(pair.Method, pair.Parameter) == name);
        object?[] arguments = [.. method.GetParameters().Select(other => other.Position == parameter.Position || AllowsNull(other) ? null : Sample(other.ParameterType))];
        object? target = method.IsStatic || method.IsConstructor ? null : Sample(method.DeclaringType!);

        Exception? exception = Record.Exception(() => Invoke(method, target, arguments));

        Assert.Equal(parameter.Name, Assert.IsType<ArgumentNullException>(exception).ParamName);
    }

    private static void Invoke(MethodBase method, object? target, object?[] arguments)
    {
        try
        {
            object? result = method is ConstructorInfo constructor
                ? constructor.Invoke(BindingFlags.DoNotWrapExceptions, null, arguments, null)
                : method.Invoke(target, BindingFlags.DoNotWrapExceptions, null, arguments, null);
            if (result is ValueTask task)
            {
                task.GetAwaiter().GetResult();
            }
        }
        catch (TargetInvocationException exception)
        {
            throw exception.InnerException!;
        }
    }

    private static string NameOf(MethodBase method, ParameterInfo parameter) =>
        $"{method.DeclaringType!.Name}.{method.Name}({string.Join(", ", method.GetParameters().Select(other => other.ParameterType.Name))}): {parameter.Name}";

    private static IEnumerable<(MethodBase Method, ParameterInfo Parameter)> FindParameters() =>
        from type in Types()
        from method in type.GetMembers(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly).OfType<MethodBase>()
        where (!IsOverridable(method) && !method.IsSpecialName && method.Name != nameof(Equals)) || method is ConstructorInfo
        let closed = Close(method)
        where (method.IsStatic || method.IsConstructor || !method.DeclaringType!.IsByRefLike) && !closed.GetParameters().Any(other => other.ParameterType.IsByRefLike)
        from parameter in closed.GetParameters()
        where !parameter.ParameterType.IsValueType && !parameter.ParameterType.IsByRef
            && !AllowsNull(parameter)
        select (closed, parameter);

    private static IEnumerable<Type> Types() =>
        new[] { typeof(UsageRecord), typeof(Recording), typeof(UsageCaptureClientPipelineOptionsExtensions) }
            .SelectMany(type => type.Assembly.GetExportedTypes())
            .Where(type => !type.IsEnum && !typeof(Delegate).IsAssignableFrom(type));

    private static MethodBase Close(MethodBase method) => method is MethodInfo { IsGenericMethodDefinition: true } definition
        ? definition.MakeGenericMethod([.. definition.GetGenericArguments().Select(TypeFor)])
        : method;

    private static Type TypeFor(Type parameter) =>
        parameter.GetGenericParameterConstraints().Contains(typeof(ClientPipelineOptions)) ? typeof(ClientPipelineOptions) : typeof(InMemoryUsageSink);

    // A base class's own method does nothing. It is there to be overridden.
    private static bool IsOverridable(MethodBase method) => method.IsVirtual && !method.IsFinal && !method.DeclaringType!.IsSealed;

    private static bool AllowsNull(ParameterInfo parameter) =>
        !parameter.ParameterType.IsValueType && Nullability.Create(parameter).WriteState == NullabilityState.Nullable;

    /// <summary>Creates a valid argument, or the object whose method is called.</summary>
    private static object Sample(Type type)
    {
        if (Samples.TryGetValue(type, out Func<object>? create))
        {
            return create();
        }

        return type.IsArray
            ? Array.CreateInstance(type.GetElementType()!, 0)
            : Nullable.GetUnderlyingType(type) is { } underlying ? Activator.CreateInstance(underlying)!
            : Activator.CreateInstance(type) ?? throw new NotSupportedException($"Add a sample of {type}.");
    }
}
