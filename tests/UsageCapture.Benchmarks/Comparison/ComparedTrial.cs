using UsageCapture.Benchmarks.Bodies;
using UsageCapture.Benchmarks.Contenders;

namespace UsageCapture.Benchmarks.Comparison;

/// <summary>One situation with one size of reads, measured without capture, with this build, with the other one, and with a second copy of this build.</summary>
internal sealed class ComparedTrial : IDisposable
{
    public ComparedTrial(Situation situation, Reads reads, ComparedBuilds builds)
    {
        Situation = situation;
        Reads = reads;
        PlainRead = new PlainRead(new BodyHandler(situation.Body, reads), situation.Address);
        ThisBuild = Read(builds.ThisBuild);
        OtherBuild = Read(builds.OtherBuild);
        ThisBuildAgain = Read(builds.ThisBuildAgain);

        LoadedBuildRead Read(LoadedBuild build) => new(build, new BodyHandler(situation.Body, reads), situation.Address);
    }

    public Situation Situation { get; }

    public Reads Reads { get; }

    public IContender PlainRead { get; }

    public IContender ThisBuild { get; }

    public IContender OtherBuild { get; }

    public IContender ThisBuildAgain { get; }

    public IReadOnlyList<IContender> Contenders => [PlainRead, ThisBuild, OtherBuild, ThisBuildAgain];

    /// <summary>Runs each of them once.</summary>
    /// <exception cref="InvalidOperationException">One of them read the wrong number of bytes, or one of the builds found the wrong usage.</exception>
    public async Task VerifyAsync()
    {
        Body body = Situation.Body;
        foreach (IContender contender in Contenders)
        {
            long length = await contender.RunAsync();
            if (length != body.Bytes.Length)
            {
                throw new InvalidOperationException(
                    $"{Situation.Name}, reads of {Reads.Name}: {contender.GetType().Name} read {length} bytes of {body.Bytes.Length}.");
            }

            if (contender != PlainRead && contender.Found != body.Expected)
            {
                throw new InvalidOperationException(
                    $"{Situation.Name}, reads of {Reads.Name}: {contender.GetType().Name} found {contender.Found?.ToString() ?? "nothing"} instead of {body.Expected}.");
            }
        }
    }

    public void Dispose()
    {
        foreach (IContender contender in Contenders)
        {
            contender.Dispose();
        }
    }
}
