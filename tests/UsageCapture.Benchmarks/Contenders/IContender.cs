using UsageCapture.Benchmarks.Bodies;

namespace UsageCapture.Benchmarks.Contenders;

/// <summary>Something that can be done with a response, or with its bytes.</summary>
internal interface IContender : IDisposable
{
    /// <summary>Gets the usage that the last run found; null from those that do not look for it.</summary>
    Tokens? Found => null;

    /// <summary>Does it once.</summary>
    /// <returns>A number that the work depends on, so that none of it can be left out.</returns>
    ValueTask<long> RunAsync();

    void IDisposable.Dispose()
    {
    }
}
