using System.Collections;
using System.Globalization;
using System.Reflection;
using UsageCapture.Benchmarks.Bodies;
using UsageCapture.Benchmarks.Contenders;

namespace UsageCapture.Benchmarks.Comparison;

/// <summary>Reads the response through the <c>UsageCaptureHandler</c> of a loaded build, as <see cref="CapturedRead"/> does with the referenced one.</summary>
internal sealed class LoadedBuildRead : IContender
{
    private readonly object _sink;
    private readonly Action _clear;
    private readonly ResponseReader _response;

    public LoadedBuildRead(LoadedBuild build, HttpMessageHandler inner, Uri address)
    {
        _sink = build.CreateSink();

        // A delegate, because a call by reflection would allocate in every run.
        _clear = _sink.GetType().GetMethod(nameof(InMemoryUsageSink.Clear), [])!.CreateDelegate<Action>(_sink);
        _response = new ResponseReader(build.CreateHandler(_sink, inner), address);
    }

    public Tokens? Found
    {
        get
        {
            object?[] records = [.. ((IEnumerable)Get(_sink, nameof(InMemoryUsageSink.Records))!).Cast<object?>()];
            if (records is not [{ } record]
                || Get(record, nameof(UsageRecord.Status))?.ToString() != nameof(UsageStatus.Exact)
                || Get(record, nameof(UsageRecord.Usage)) is not { } usage)
            {
                return null;
            }

            return new Tokens(GetCount(usage, nameof(TokenUsage.InputTokens)), GetCount(usage, nameof(TokenUsage.OutputTokens)));
        }
    }

    public ValueTask<long> RunAsync()
    {
        _clear();
        return _response.ReadToEndAsync();
    }

    public void Dispose() => _response.Dispose();

    private static object? Get(object instance, string property) =>
        (instance.GetType().GetProperty(property)
            ?? throw new InvalidOperationException($"The build's {instance.GetType()} has no property {property}.")).GetValue(instance);

    private static long GetCount(object usage, string property) => Convert.ToInt64(Get(usage, property), CultureInfo.InvariantCulture);
}
